#!/usr/bin/perl
# wdf_narrow_long.pl DIR... -- LAUNCHER... -- COMPILER ARGUMENT... - compile with a `long` of 32 bits in the
# driver's own lines, as Microsoft's compiler has it, and with more of that compiler's ways: `long long` is the
# type of LONGLONG and size_t (here the host's long), numbers end in I64 and the like, the comma before a
# __VA_ARGS__ goes when nothing follows it, ## may join a string with another one, and in C a function may have parameters of other types than its
# prototype says. Lines of system headers and of headers below a DIR stay
# as they are: there it is the host's. LAUNCHER... (ccache) runs the compiler if nothing changes.
#
# The source is taken with its includes inserted but its macros unexpanded, so that what is written in a
# driver can be told from what it gets from elsewhere; the words are changed; the result is compiled.
# Line numbers and file names stay. A source without such words is compiled as it is.
use strict;
use warnings;
use Cwd 'realpath';

sub until_dashes
{
    my @taken;

    push @taken, shift @ARGV while @ARGV && $ARGV[0] ne '--';
    shift @ARGV;
    return @taken;
}

my @ours = map { "$_/" } grep { defined } map { realpath($_) } until_dashes();
my @launcher = until_dashes();
my @command = @ARGV;
my $cxx = grep { /\.(?:cc|cpp|cxx|C)$/ } @command;
my ($source) = grep { /\.(?:c|cc|cpp|cxx|C)$/ && -f } reverse @command;
my ($at) = grep { $command[$_] eq '-o' } 0 .. $#command;
if (!defined $source || !defined $at || !grep { $_ eq '-c' } @command) {
    exec @launcher, @command or die "$command[0]: $!\n";
}
my $object = $command[$at + 1];

# A compiler that is ccache by another name would preprocess once more what has its includes already.
$ENV{CCACHE_DISABLE} = 1;

sub leave
{
    my ($status) = @_;
    exit($status & 127 ? 128 + ($status & 127) : $status >> 8) if $status != 0;
}

sub run
{
    my $status = system @_;
    die "$_[0]: $!\n" if $status == -1;
    leave($status);
}

# The same with the compiler's messages held back: status and messages.
sub run_silent
{
    my $file = "$object.messages";
    my $child = fork // die "fork: $!\n";

    if ($child == 0) {
        open STDERR, '>', $file or die "$file: $!\n";
        exec @_ or die "$_[0]: $!\n";
    }
    waitpid $child, 0;
    my $status = $?;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    my $messages = <$in> // '';
    close $in;
    unlink $file;
    return ($status, $messages);
}

# ---- 1. the source with its includes ----

my $is_clang = `'$command[0]' --version 2>/dev/null` =~ /clang/;
my $whole = "$object.whole" . ($cxx ? '.cpp' : '.c');
my @first = map { $_ eq '-c' ? ('-E', $is_clang ? '-frewrite-includes' : '-fdirectives-only') : $_ } @command;
$first[$_] = $whole for grep { $first[$_] eq $object && $_ > 0 && $first[$_ - 1] eq '-o' } 0 .. $#first;
run(@first);

# ---- 2. the words ----

my %is_own;
sub own
{
    my ($name, $flags) = @_;

    return 0 if $name =~ /^</ || $flags =~ /\b3\b/;
    $is_own{$name} //= do {
        my $path = realpath($name) // $name;
        (grep { index($path, $_) == 0 } @ours) ? 0 : 1;
    };
}

# Words that stand together say one type.
sub type
{
    my ($words) = @_;
    my $longs = () = $words =~ /\blong\b/g;

    return $words if $words =~ /\bdouble\b/;
    if ($longs == 2) {
        $words =~ s/\blong\b//;
    } elsif ($longs != 1) {
        return $words;
    } elsif ($words =~ /\bint\b/) {
        $words =~ s/\blong\b//;
    } else {
        $words =~ s/\blong\b/int/;
    }
    return $words;
}

my $changes = 0;
my $in_comment = 0;
sub narrow
{
    my ($line) = @_;
    my $word = qr/\b(?:long|int|unsigned|signed|double|const|volatile)\b/;

    $line =~ s{
        ( "(?:\\.|[^"\\])*" ) \s* \#\#                                      # pasted to what follows
      | ( /\*.*?(?:\*/|$) | //.*$ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )  # not code
      | ( $word (?: \s+ $word )* )                                           # a type
      | ( (?<![\w.]) (?:0[xX][0-9a-fA-F]+|[0-9]+) ) ( [uU]? [lL] | [lL] [uU] | [uU]? [iI] (?:8|16|32|64) ) (?!\w)
      | (?<![\#\s]) ( \s* , \s* ) __VA_ARGS__ \b
    }{
        my ($pasted, $other, $type, $number, $suffix, $comma) = ($1, $2, $3, $4, $5, $6);
        my $new;

        if (defined $pasted) {
            $new = "$pasted ";
            $changes++;
        } elsif (defined $other) {
            $in_comment = 1 if $other =~ m{^/\*} && $other !~ m{^/\*.*\*/$};
            $new = $other;
        } elsif (defined $type) {
            $new = type($type);
            $changes++ if $new ne $type;
        } elsif (defined $comma) {
            $new = "$comma##__VA_ARGS__";
            $changes++;
        } else {
            $suffix =~ s/[lL]// or $suffix =~ s/[iI]64/LL/ or $suffix =~ s/[iI]\d+//;
            $new = $number . $suffix;
            $changes++;
        }
        $new;
    }gex;
    return $line;
}

open my $in, '<', $whole or die "$whole: $!\n";
my @lines;
my $own = 0;
while (my $line = <$in>) {
    if ($line =~ /^#\s*(?:line\s+)?\d+\s+"([^"]*)"(.*)$/) {
        $own = own($1, $2);
        $in_comment = 0;
    } elsif ($own && $in_comment) {
        if ($line =~ m{^(.*?\*/)(.*)$}s) {
            $in_comment = 0;
            $line = $1 . narrow($2);
        }
    } elsif ($own && $line !~ /^\s*#\s*include\b/) {
        $line = narrow($line);
    }
    push @lines, $line;
}
close $in;

# ---- 3. the object ----

# The compiler's words for a function that is not as declared, and for where the other one stands.
my $conflict = qr/^(.+?):(\d+):\d+: error: conflicting types for [^\w\s]+(\w+)/;
my $previous = qr/^(.+?):(\d+):\d+: note: previous (?:declaration|definition)/;

# The parameters of the prototype of that name in that line go; the lines stay. False: none is there.
sub forget_parameters
{
    my ($file, $number, $name) = @_;
    my ($now, $at) = ('', 0);

    for my $i (0 .. $#lines) {
        if ($lines[$i] =~ /^#\s*(?:line\s+)?(\d+)\s+"([^"]*)"(.*)$/) {
            ($now, $at) = own($2, $3) ? ($2, $1 - 1) : ('', 0);
            next;
        }
        next if $now ne $file || ++$at != $number;
        my $last = $i;
        my $text = $lines[$i];
        $text .= $lines[++$last] while $text !~ /;/ && $last < $#lines && $last < $i + 40;
        return 0 if $text !~ s/(\b\Q$name\E\s*)(\((?:[^()]|(?2))*\))(?=\s*;)/$1 . '()' . "\n" x ($2 =~ tr{\n}{})/e;
        @lines[$i .. $last] = ($text, ('') x ($last - $i));
        return 1;
    }
    return 0;
}

# What the messages complain of is taken out. Returns what to say instead; '': nothing can be done.
sub forget_conflicts
{
    my ($messages) = @_;
    my $warnings = '';
    my @error;

    $messages =~ s/\e\[[0-9;]*[mK]//g; # colours
    for my $line (split /\n/, $messages) {
        if ($line =~ $conflict) {
            @error = ($1, $2, $3);
        } elsif (@error && $line =~ $previous) {
            if (forget_parameters($1, $2, $error[2]) || forget_parameters(@error)) {
                $warnings .= "$error[0]:$error[1]: warning: the parameters of $error[2] are not those of its prototype\n";
            }
            @error = ();
        }
    }
    return $warnings;
}

sub write_whole
{
    open my $out, '>', $whole or die "$whole: $!\n";
    print $out @lines or die "$whole: $!\n";
    close $out or die "$whole: $!\n";
}

my @second;
for (my $i = 0; $i < @command; $i++) {
    if ($command[$i] =~ /^-M[TFQ]$/) {
        $i++;
    } elsif ($command[$i] eq $source) {
        push @second, $is_clang ? () : ('-fpreprocessed', '-fdirectives-only'), $whole;
    } elsif ($command[$i] !~ /^-M/) {
        push @second, $command[$i];
    }
}
write_whole() if $changes != 0;
my @compile = $changes != 0 ? @second : (@launcher, @command);
delete $ENV{CCACHE_DISABLE} if $changes == 0;
if ($cxx) {
    run(@compile);
} else {
    push @compile, '-fdiagnostics-color=always' if -t STDERR;
    my ($status, $messages) = run_silent(@compile);
    my $instead = $status == 0 ? '' : forget_conflicts($messages);

    if ($instead ne '') {
        write_whole();
        $ENV{CCACHE_DISABLE} = 1;
        ($status, $messages) = run_silent(@second);
        $messages = $instead . $messages;
    }
    print STDERR $messages;
    if ($status != 0) {
        unlink $whole;
        leave($status);
    }
}
unlink $whole;
