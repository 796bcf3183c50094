#!/usr/bin/perl
# wdf_narrow_long.pl DIR... -- LAUNCHER... -- COMPILER ARGUMENT... - compile with a `long` of 32 bits in the
# driver's own lines, as Microsoft's compiler has it, and with more of that compiler's ways: `long long` is the
# type of LONGLONG and size_t (here the host's long), numbers end in I64 and the like, the comma before a
# __VA_ARGS__ goes when nothing follows it, ## may join a string with another one, __FUNCTION__ is a
# string that others can stand beside, in C a function may have parameters of other types than its
# prototype says, and a file that is no UTF-8 is read in the code page that it looks like. Lines of system
# headers and of headers below a DIR stay as they are: there it is the host's. LAUNCHER... (ccache) runs the
# compiler if nothing changes.
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
my $cxx = grep { /\.(?:cc|cpp|cxx|C)$/ || /^c\+\+$/ } @command; # a name, or -x c++
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
      | \b ( __in | __out ) \b (?! \s* \( )                                  # see <sal.h>
    }{
        my ($pasted, $other, $type, $number, $suffix, $comma, $sal) = ($1, $2, $3, $4, $5, $6, $7);
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
        } elsif (defined $sal) {
            $new = $cxx ? '' : $sal;
            $changes++ if $cxx;
        } else {
            $suffix =~ s/[lL]// or $suffix =~ s/[iI]64/LL/ or $suffix =~ s/[iI]\d+//;
            $new = $number . $suffix;
            $changes++;
        }
        $new;
    }gex;
    return $line;
}

# Microsoft's names of the function that is being compiled, where they have to be a string: beside one, or
# always, since this compiler does not know them.
my $function_word = qr/__FUNCTION__|__FUNCDNAME__|__FUNCSIG__/;
my $needs_string = qr/$function_word\s*L?"|"\s*$function_word|__FUNCDNAME__|__FUNCSIG__/;
my $names_functions = 0;

# ---- characters ----

# Which code page a file that is no UTF-8 is written in, by its lines that have more than ASCII. Microsoft's compiler
# takes the machine's; pairs of high bytes are the east of Asia, kana Japan, long runs of letters Cyrillic.
sub code_page
{
    my ($text) = @_;
    my @runs = $text =~ /[\x80-\xff]+/g;
    my $odd = grep { length($_) % 2 } @runs;
    my $letters = join('', @runs) =~ tr/\xc0-\xff//;

    return 'cp932' if $text =~ /[\x82\x83][\x40-\xf1]/ && eval { Encode::decode('cp932', my $copy = $text, 1); 1 };
    return 'cp936' if !grep { !/^(?:[\xa1-\xfe][\xa1-\xfe])+$/ } @runs;
    return 'cp1251' if $odd * 4 > @runs && $letters > 3 * @runs;
    return 'cp1252' if $odd * 4 > @runs;
    return eval { Encode::decode('cp936', my $copy = $text, 1); 1 } ? 'cp936' : 'cp1252';
}

# What a driver's files have beyond ASCII becomes UTF-8, file by file. True: something was not.
sub to_utf8
{
    my ($lines) = @_;
    my ($file, %foreign, @of);

    for my $i (0 .. $#$lines) {
        if ($lines->[$i] =~ /^#\s*(?:line\s+)?\d+\s+"([^"]*)"(.*)$/) {
            $file = own($1, $2) ? $1 : undef;
        } elsif (defined $file && $lines->[$i] =~ /[\x80-\xff]/) {
            $of[$i] = $file;
            push @{$foreign{$file}}, $lines->[$i];
        }
    }
    for my $name (keys %foreign) {
        my $text = join '', @{$foreign{$name}};
        delete $foreign{$name}, next if utf8::decode($text);
        return 0 if !eval { require Encode; 1 }; # a perl without its modules: the compiler will say
        $foreign{$name} = code_page($text);
    }
    for my $i (grep { defined $of[$_] && defined $foreign{$of[$_]} } 0 .. $#of) {
        $lines->[$i] = Encode::encode('UTF-8', Encode::decode($foreign{$of[$i]}, $lines->[$i]));
    }
    return %foreign != 0;
}

# What is not a character of a source to Microsoft's preprocessor, or not a token of its own: the end of file of
# older systems, and a macro that stands for the letter L right before a string. Returns their names as a pattern.
sub letters_l
{
    my ($lines) = @_;
    my ($own, @names) = (0);

    for my $line (@$lines) {
        if ($line =~ /^#\s*(?:line\s+)?\d+\s+"([^"]*)"(.*)$/) {
            $own = own($1, $2);
        } elsif ($own) {
            push @names, $1 if $line =~ /^#\s*define\s+(\w+)\s+L\s*$/;
            $changes += $line =~ tr/\x1a//d;
        }
    }
    return @names ? join('|', map { quotemeta } @names) : undef;
}

open my $in, '<', $whole or die "$whole: $!\n";
my @read = <$in>;
close $in;
$changes++ if to_utf8(\@read);
my $is_l = letters_l(\@read);

# ---- the words, line by line ----

my @lines;
my $own = 0;
for my $line (@read) {
    if ($line =~ /^#\s*(?:line\s+)?\d+\s+"([^"]*)"(.*)$/) {
        $own = own($1, $2);
        $in_comment = 0;
    } elsif ($own && $in_comment) {
        if ($line =~ m{^(.*?\*/)(.*)$}s) {
            $in_comment = 0;
            $line = $1 . narrow($2);
        }
    } elsif ($own && $line !~ /^\s*#\s*include\b/) {
        $names_functions ||= $line =~ $needs_string;
        $changes += $line =~ s/\b(?:$is_l)"/L"/g if defined $is_l;
        $line = narrow($line);
    }
    push @lines, $line;
}

# ---- 3. the names of functions ----

# The text, macros expanded, with the name of the function for each such word. A body begins with the brace behind
# the first parentheses of a declaration; braces of structures, namespaces and initial values do not count.
sub name_functions
{
    my ($text) = @_;
    my ($name, $candidate, $word, $depth, $parentheses, $value) = (undef, undef, '', 0, 0, 0);
    my $no_function = qr/^(?:__attribute(?:__)?|__declspec|(?:__)?asm(?:__)?|_?[aA]lignas|__extension__|
                             _?[sS]tatic_assert|(?:__)?typeof(?:__)?|decltype|noexcept|throw)$/x;
    my $token = qr/( ^\#.*$ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )  # as it is
                 | ( [A-Za-z_~] \w* (?: \s*::\s* ~?\w+ )* )
                 | ( [{}();=] )/mx;
    my $in_body = sub {
        my ($identifier, $mark) = @_;

        return "\"$name\"" if ($identifier // '') =~ /^$function_word$/;
        $depth += $mark eq '{' ? 1 : $mark eq '}' ? -1 : 0 if defined $mark;
        ($name, $candidate) = () if $depth == 0;
        return undef;
    };
    my $outside = sub {
        my ($identifier, $mark) = @_;

        $word = $identifier // '';
        return if !defined $mark;
        if ($mark eq '(') {
            $parentheses++;
        } elsif ($mark eq ')') {
            $parentheses--;
        } elsif ($parentheses == 0 && $mark eq '{' && defined $candidate && !$value) {
            ($name, $depth) = ($candidate =~ s/\s//gr, 1);
        } elsif ($parentheses == 0) {
            $value = $mark eq '=' || ($value && $mark ne ';');
            $candidate = undef if $mark ne '=';
        }
    };
    my $one = sub {
        my ($other, $identifier, $mark) = @_;
        my $before = $word;

        return $other if defined $other;
        if (defined $name) {
            return $in_body->($identifier, $mark) // $identifier // $mark;
        }
        if (($mark // '') eq '(' && $parentheses == 0 && !$value && $before ne '' && $before !~ $no_function) {
            $candidate //= $before;
        }
        $outside->($identifier, $mark);
        return $identifier // $mark;
    };
    $text =~ s/$token/$one->($1, $2, $3)/ge;
    return $text;
}

# ---- 4. the object ----

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

# A prototype by the type of a callback ("EVT_WDF_OBJECT_CONTEXT_CLEANUP Name;") in that line says no more than
# what the function, whose head is in the other line, returns. False: none is there.
sub forget_callback_type
{
    my ($file, $number, $name, $head_file, $head) = @_;
    my ($now, $at, $prototype, $before) = ('', 0);

    for my $i (0 .. $#lines) {
        if ($lines[$i] =~ /^#\s*(?:line\s+)?(\d+)\s+"([^"]*)"(.*)$/) {
            ($now, $at) = own($2, $3) ? ($2, $1 - 1) : ('', 0);
            next;
        }
        $at++;
        $prototype = $i if $now eq $file && $at == $number && $lines[$i] =~ /^\s*\w+\s+\Q$name\E\s*;/;
        if ($now eq $head_file && $at == $head && $lines[$i] =~ /^(.*)\b\Q$name\E\b/) {
            $before = $1;
            for (my $above = $i - 1; $before !~ /\w/ && $above >= 0; $above--) {
                $before = $lines[$above] if $lines[$above] !~ /^\s*#/;
            }
        }
    }
    return 0 if !defined $prototype || !defined $before || $before !~ /((?:\b\w+[\s*]+)+)$/;
    my $returns = $1 =~ s/\s+/ /gr;
    $lines[$prototype] =~ s/\w+(\s+\Q$name\E\s*);/$returns$1();/;
    return 1;
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
            my ($file, $number) = ($1, $2);
            if (forget_parameters($file, $number, $error[2]) || forget_parameters(@error) ||
                forget_callback_type($file, $number, @error[2, 0, 1])) {
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
write_whole() if $changes != 0 || $names_functions;
if ($names_functions) {
    my $expanded = "$object.expanded" . ($cxx ? '.cpp' : '.c');
    my @expand = map { $_ eq '-c' ? '-E' : $_ eq $object ? $expanded : $_ } @second;
    run(@expand);
    open my $text, '<', $expanded or die "$expanded: $!\n";
    my $all = do { local $/; <$text> };
    close $text;
    unlink $expanded;
    @lines = split /^/, name_functions($all);
    @second = grep { $_ ne '-fdirectives-only' } @second;
    write_whole();
    $changes++;
}
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
