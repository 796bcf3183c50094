#!/usr/bin/perl
# wdf_manifest.pl FILE.man HEADER - the header that the message compiler makes of an event manifest on
# Windows, with the macros of kernel mode (mc -km), for wdf_message_files.cmake.
#
# For each provider of the manifest, with what <nt/etw_manifest.h> has for all of them:
#   SYMBOL, SYMBOL_Context                   its GUID and context, one of each in a driver
#   EventRegisterNAME(), EventUnregisterNAME()   NAME: its name, other characters than letters and digits as _
#   the symbols of channels, keywords, levels, opcodes, tasks and the values of maps
# and for each event with a symbol:
#   EVENT, EVENT_value                       its descriptor, its number
#   EventEnabledEVENT()                      whether a session wants it
#   EventWriteEVENT(Activity, value...)      a value for each item of its template, in their order
#   ..._AssumeEnabled, ..._ForContext        the same without the question; in another provider's context
# Performance counters (ctrpp) and messages' texts are left out. What cannot be made is an error by name.
use strict;
use warnings;

die "usage: wdf_manifest.pl FILE.man HEADER\n" if @ARGV != 2;
my ($file, $header) = @ARGV;
(my $base = $file) =~ s{.*/}{};

sub fail
{
    die "$base: $_[0]\n";
}

# ---- the file as a tree: [name, {attribute}, [child...]], without prefixes of names ----

sub read_text
{
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    my $text = <$in>;
    close $in;
    if ($text =~ /^(\xff\xfe|\xfe\xff)/) { # UTF-16; what is not ASCII matters to nobody here
        $text = $1 eq "\xff\xfe" ? join('', map { chr($_ & 0xff) } unpack('v*', substr($text, 2)))
                                 : join('', map { chr($_ & 0xff) } unpack('n*', substr($text, 2)));
    }
    $text =~ s/<!--.*?-->//gs;
    $text =~ s/<\?.*?\?>//gs;
    return $text;
}

sub plain
{
    my ($text) = @_;
    my %of = (lt => '<', gt => '>', quot => '"', apos => "'", amp => '&');

    $text =~ s/&(lt|gt|quot|apos|amp);/$of{$1}/g;
    return $text;
}

sub parse
{
    my ($text) = @_;
    my @open = (['', {}, []]);

    while ($text =~ m{<(/?)(?:[\w.-]+:)?([\w.-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>}g) {
        my ($end, $name, $rest, $empty) = ($1, $2, $3, $4);

        if ($end) {
            fail("</$name> ends nothing") if @open < 2 || $open[-1][0] ne $name;
            pop @open;
            next;
        }
        my $element = [$name, {}, []];
        while ($rest =~ /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g) {
            $element->[1]{$1} = plain($2 // $3);
        }
        push @{$open[-1][2]}, $element;
        push @open, $element if !$empty;
    }
    fail("<$open[-1][0]> has no end") if @open > 1;
    return $open[0];
}

# The elements on that path of names below an element.
sub below
{
    my ($element, @path) = @_;
    my @found = ($element);

    for my $name (@path) {
        @found = grep { $_->[0] eq $name } map { @{$_->[2]} } @found;
    }
    return @found;
}

sub number
{
    my ($text, $what) = @_;

    fail("$what is no number: $text") if $text !~ /^\s*(?:0[xX]([0-9a-fA-F]+)|(\d+))\s*$/;
    no warnings 'portable'; # 64 bits
    return defined $1 ? hex $1 : $2;
}

# ---- what Windows has for every provider ----

my %levels = ('win:LogAlways' => 0, 'win:Critical' => 1, 'win:Error' => 2, 'win:Warning' => 3,
              'win:Informational' => 4, 'win:Verbose' => 5);
my %opcodes = ('win:Info' => 0, 'win:Start' => 1, 'win:Stop' => 2, 'win:DC_Start' => 3,
               'win:DC_Stop' => 4, 'win:Extension' => 5, 'win:Reply' => 6, 'win:Resume' => 7,
               'win:Suspend' => 8, 'win:Send' => 9, 'win:Receive' => 240);
my %tasks = ('win:None' => 0);
my %keywords = ('win:AnyKeyword' => 0);
my @bits = qw(ResponseTime WDIContext WDIDiag SQM AuditFailure AuditSuccess CorrelationHint EventlogClassic);
$keywords{"win:$bits[$_]"} = 1 << (48 + $_) for 0 .. $#bits;
my %imported = (system => 8, application => 9, security => 10);

# Types of items: in C, and how many bytes one has; strings and what has its own size apart.
my %types = (
    Int8 => ['signed char', 1], UInt8 => ['unsigned char', 1], Int16 => ['signed short', 2],
    UInt16 => ['unsigned short', 2], Int32 => ['signed int', 4], UInt32 => ['unsigned int', 4],
    HexInt32 => ['signed int', 4], Boolean => ['signed int', 4], Int64 => ['LONGLONG', 8],
    UInt64 => ['ULONGLONG', 8], HexInt64 => ['LONGLONG', 8], Float => ['float', 4],
    Double => ['double', 8], Pointer => ['void *', 8]);
my %by_address = (GUID => 16, FILETIME => 8, SYSTEMTIME => 16);

# ---- making the header ----

my $out = '';
my %made; # templates that have their function

sub define
{
    my ($symbol, $value) = @_;

    $out .= "#define $symbol $value\n" if defined $symbol;
}

# The values of a kind of things by name, and their symbols.
sub named
{
    my ($of, $provider, $path, $attribute, $format) = @_;
    my %values = %$of;

    for my $element (below($provider, @$path)) {
        my $at = $element->[1];
        my $name = $at->{name} // fail("a $element->[0] has no name");
        my $text = $at->{$attribute} // fail("$element->[0] $name has no $attribute");
        $values{$name} = number($text, "$attribute of $element->[0] $name");
        define($at->{symbol}, sprintf($format, $values{$name}));
    }
    return \%values;
}

# Channels: [value, keyword bit], by name and by ID.
sub channels
{
    my ($provider) = @_;
    my (%channels, $list);
    my ($next, $bit) = (16, 1 << 63);

    ($list) = below($provider, 'channels');
    for my $element ($list ? @{$list->[2]} : ()) {
        my $at = $element->[1];
        my $name = $at->{name} // fail("a channel has no name");
        my $value = defined $at->{value} ? number($at->{value}, "value of channel $name")
                  : $element->[0] eq 'importChannel' ? $imported{lc $name} : undef;
        $value //= $next++;
        $channels{lc $_} = [$value, $bit] for grep { defined } $name, $at->{chid};
        define($at->{symbol}, sprintf('0x%x', $value));
        define("$at->{symbol}_KEYWORD", sprintf('0x%x', $bit)) if defined $at->{symbol};
        $bit >>= 1;
    }
    return \%channels;
}

# One item of a template: its type as a parameter, and the statement that describes its value.
sub item
{
    my ($data, $number, $position) = @_;
    my $at = $data->[1];
    my $name = $at->{name} // '';
    (my $type = $at->{inType} // '') =~ s/^win://;
    my %size;

    fail("item $name is a structure, which is not supported") if $data->[0] ne 'data';
    for my $which (grep { defined $at->{$_} } 'length', 'count') {
        my $place = $position->{$at->{$which}};
        $size{$which} = defined $place ? "(ULONG)Arg$place" : number($at->{$which}, "$which of $name");
    }
    my $create = "EventDataDescCreate(&Data[$number], ";
    if ($type eq 'UnicodeString' || $type eq 'AnsiString') {
        my ($wide, $c, $one) = $type eq 'UnicodeString' ? ('W', 'PCWSTR', 'sizeof(WCHAR)') : ('A', 'PCSTR', '1');
        return ($c, "McGenString$wide(&Data[$number], Arg$number)") if !%size;
        fail("item $name is several strings, which is not supported") if defined $size{count};
        return ($c, "${create}Arg$number, $size{length} * (ULONG)$one)");
    }
    if ($type eq 'Binary') {
        return ('const VOID *', "${create}Arg$number, " . ($size{length} // fail("item $name has no length")) . ')');
    }
    if (my $bytes = $by_address{$type}) {
        return ('const VOID *', "${create}Arg$number, " . ($size{count} // 1) . " * ${bytes}u)");
    }
    return ('PSID', "${create}Arg$number, RtlLengthSid(Arg$number))") if $type eq 'SID' && !%size;
    my $known = $types{$type} // fail("item $name has the type $type, which is not supported");
    return ("const $known->[0] *", "${create}Arg$number, $size{count} * $known->[1]u)") if defined $size{count};
    return ($known->[0], "${create}&Arg$number, sizeof(Arg$number))");
}

# The function that writes events of a template; how many values they have.
sub template
{
    my ($function, $template) = @_;
    my @data = $template ? grep { $_->[0] =~ /^(data|struct)$/ } @{$template->[2]} : ();
    my (%position, @parameters, @statements);

    $position{$data[$_ - 1][1]{name} // ''} = $_ for 1 .. @data;
    return scalar @data if $made{$function}++;
    for my $number (1 .. @data) {
        my ($type, $statement) = item($data[$number - 1], $number, \%position);
        push @parameters, ", $type Arg$number";
        push @statements, "    $statement;\n";
    }
    my $size = @data + 1;
    local $" = '';
    $out .= "FORCEINLINE NTSTATUS $function(const MCGEN_TRACE_CONTEXT *Context, PCEVENT_DESCRIPTOR Event,\n" .
            "    LPCGUID Activity@parameters)\n{\n    EVENT_DATA_DESCRIPTOR Data[$size];\n\n@statements" .
            "    return McGenEventWrite(Context, Event, Activity, $size, Data);\n}\n";
    return scalar @data;
}

sub looked_up
{
    my ($values, $name, $what) = @_;

    return 0 if !defined $name;
    return $values->{$name} // fail("$what $name is not there");
}

sub descriptor
{
    my ($at, $of, $symbol) = @_;
    my $task = $at->{task} // '';
    my ($channel, $bit) = (0, 0);
    my $keyword = 0;

    if (defined $at->{channel}) {
        ($channel, $bit) = @{$of->{channels}{lc $at->{channel}} // fail("channel $at->{channel} is not there")};
    }
    $keyword |= looked_up($of->{keywords}, $_, 'keyword') for split ' ', $at->{keywords} // '';
    my $opcodes = $of->{opcodes_of}{$task} // $of->{opcodes};
    my $text = sprintf('{0x%x, 0x%x, 0x%x, 0x%x, 0x%x, 0x%x, 0x%xULL}',
        number($at->{value} // fail("event $symbol has no value"), "value of event $symbol"),
        number($at->{version} // 0, "version of event $symbol"), $channel,
        looked_up($of->{levels}, $at->{level}, 'level'), looked_up($opcodes, $at->{opcode}, 'opcode'),
        looked_up($of->{tasks}, $at->{task}, 'task'), $keyword | $bit);
    $out .= "extern DECLSPEC_SELECTANY const EVENT_DESCRIPTOR $symbol;\n" .
            "const EVENT_DESCRIPTOR $symbol = $text;\n";
    define("${symbol}_value", sprintf('0x%x', number($at->{value}, '')));
}

sub event
{
    my ($event, $of) = @_;
    my $at = $event->[1];
    my $symbol = $at->{symbol} // return; # nobody can write it
    my $template = defined $at->{template} ? $of->{templates}{$at->{template}} // fail("template $at->{template} is not there")
                                           : undef;
    my $function = "McTemplateK0_$of->{symbol}_" . ($template ? $at->{template} =~ s/\W/_/gr : '');

    descriptor($at, $of, $symbol);
    my $values = join '', map { ", Arg$_" } 1 .. template($function, $template);
    my $context = "$of->{symbol}_Context";
    $out .= "#define EventEnabled$symbol() McGenEventEnabled(&$context, &$symbol)\n" .
            "#define EventEnabled${symbol}_ForContext(Context) McGenEventEnabled((Context), &$symbol)\n" .
            "#define EventWrite${symbol}_AssumeEnabled(Activity$values) \\\n" .
            "    $function(&$context, &$symbol, Activity$values)\n" .
            "#define EventWrite$symbol(Activity$values) \\\n    (EventEnabled$symbol() ? " .
            "$function(&$context, &$symbol, Activity$values) : STATUS_SUCCESS)\n" .
            "#define EventWrite${symbol}_ForContext(Context, Activity$values) \\\n" .
            "    (EventEnabled${symbol}_ForContext(Context) ? " .
            "$function((Context), &$symbol, Activity$values) : STATUS_SUCCESS)\n";
}

sub guid
{
    my ($text) = @_;
    my ($a, $b, $c, @rest) = $text =~ /^\s*\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{2})
        ([0-9a-f]{2})-([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\}?\s*$/xi
        or fail("$text is no GUID");

    return "{0x$a, 0x$b, 0x$c, {" . join(', ', map { "0x$_" } @rest) . '}}';
}

sub provider
{
    my ($provider) = @_;
    my $at = $provider->[1];
    my $name = $at->{name} // fail('a provider has no name');
    my $symbol = $at->{symbol} // fail("provider $name has no symbol");
    (my $register = $name) =~ s/[^A-Za-z0-9]/_/g;
    my $id = guid($at->{guid} // fail("provider $name has no guid"));

    $out .= "\n/* ---- $register ---- */\n\nextern DECLSPEC_SELECTANY const GUID $symbol;\n" .
            "const GUID $symbol = $id;\nextern DECLSPEC_SELECTANY MCGEN_TRACE_CONTEXT ${symbol}_Context;\n" .
            "MCGEN_TRACE_CONTEXT ${symbol}_Context = {0};\n" .
            "#define ${symbol}Handle (${symbol}_Context.RegistrationHandle)\n" .
            "#define EventRegister$register() \\\n    McGenEventRegister(&$symbol, McGenControlCallbackV2, " .
            "&${symbol}_Context, &${symbol}Handle)\n" .
            "#define EventUnregister$register() McGenEventUnregister(&${symbol}Handle)\n" .
            "#define EventEnabled$register() (${symbol}_Context.IsEnabled != 0)\n";
    my %of = (symbol => $symbol, channels => channels($provider));
    $of{keywords} = named(\%keywords, $provider, ['keywords', 'keyword'], 'mask', '0x%x');
    $of{levels} = named(\%levels, $provider, ['levels', 'level'], 'value', '0x%x');
    $of{opcodes} = named(\%opcodes, $provider, ['opcodes', 'opcode'], 'value', '0x%x');
    $of{tasks} = named(\%tasks, $provider, ['tasks', 'task'], 'value', '0x%x');
    for my $task (below($provider, 'tasks', 'task')) {
        $of{opcodes_of}{$task->[1]{name}} = named($of{opcodes}, $task, ['opcodes', 'opcode'], 'value', '0x%x');
    }
    for my $map (map { @{$_->[2]} } below($provider, 'maps')) {
        define($_->[1]{symbol}, $_->[1]{value}) for below($map, 'map');
    }
    $of{templates}{$_->[1]{tid} // ''} = $_ for below($provider, 'templates', 'template');
    event($_, \%of) for below($provider, 'events', 'event');
}

my $tree = parse(read_text());
my @providers = below($tree, 'instrumentationManifest', 'instrumentation', 'events', 'provider');
fail('there is no provider of events in it') if !@providers;
$out = "/* Made from $base, in place of the message compiler's output. */\n#pragma once\n\n" .
       "#include <ntddk.h>\n\n#include <nt/etw_manifest.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
provider($_) for @providers;
$out .= "\n#ifdef __cplusplus\n}\n#endif\n";

my $old = '';
if (open my $in, '<:raw', $header) {
    local $/;
    $old = <$in> // '';
}
exit 0 if $old eq $out; # one that is as it was keeps its time
open my $to, '>:raw', $header or die "$header: $!\n";
print $to $out;
close $to or die "$header: $!\n";
