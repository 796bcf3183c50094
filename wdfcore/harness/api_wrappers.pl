#!/usr/bin/perl
# api_wrappers.pl - write the wrappers of api_interpose.h from the public headers.
#   api_wrappers.pl INCLUDE_DIR HEADERS_H PREPROCESSED api_wrappers.c
# The input is the output of the C preprocessor, line markers included, so that there are neither
# comments nor macros in it; only what comes from INCLUDE_DIR is looked at. Out come, in C, one
# wrapper for each function, and tables of what its arguments mean. Offsets, sizes and calls are
# left to the compiler: what is understood wrongly here does not compile.
# Left out: functions with variable arguments, those that an inline function defines, and those that
# take or return a structure of more than 8 bytes by value, and what the macros of <excpt.h> call,
# which must be called by the driver's own code.
use strict;
use warnings;

die "usage: api_wrappers.pl INCLUDE_DIR HEADERS_H PREPROCESSED OUT\n" unless @ARGV == 4;
my ($include, $headers, $preprocessed, $out) = @ARGV;

# ---- reading ----

sub read_headers {
    my ($text, $wanted) = ('', 0);
    open my $file, '<', $preprocessed or die "api_wrappers.pl: $preprocessed: $!\n";
    while (my $line = <$file>) {
        if ($line =~ /^# \d+ "([^"]*)"/) {
            my $from = $1;
            $wanted = index($from, "$include/") == 0 && index($from, "$include/wdfcore/") != 0;
        } elsif ($wanted && $line !~ /^\s*#/) {
            $text .= $line;
        }
    }
    return $text;
}

our $parens;
$parens = qr/\((?:[^()]++|(??{$parens}))*+\)/;
our $braces;
$braces = qr/\{(?:[^{}]++|(??{$braces}))*+\}/;

sub tidy {
    my ($text) = @_;
    $text =~ s/\s+/ /g;
    $text =~ s/^ | $//g;
    return $text;
}

# Top-level declarations, in order; bodies of functions are gone.
sub split_declarations {
    my ($text) = @_;
    $text =~ s/\b__attribute__\s*$parens//g;
    $text =~ s/\b_Static_assert\s*$parens\s*;//g;
    $text =~ s/\b(?:__extension__|__restrict(?:__)?|restrict|register)\b//g;
    $text =~ s/\)\s+\{/){/g; # the body of a function
    my @declarations;
    while ($text =~ /\G\s*((?:[^;{}]++|$braces)*?)(;|(?<=\))$braces)/gc) {
        my ($declaration, $end) = ($1, $2);
        push @declarations, tidy($declaration) if $end eq ';';
    }
    my $rest = substr($text, pos($text) // 0);
    die "api_wrappers.pl: cannot read: " . substr($rest, 0, 200) . "\n" if $rest =~ /\S/;
    return @declarations;
}

# Split at commas or semicolons outside all brackets.
sub split_at {
    my ($text, $separator) = @_;
    my (@parts, $part);
    while ($text =~ /\G((?:[^(){}\[\]$separator]++|$parens|$braces|\[[^\]]*\])*)(?:$separator|$)/gc) {
        push @parts, tidy($1);
        last if pos($text) == length $text;
    }
    return grep { $_ ne '' } @parts;
}

# ---- what the declarations say ----

my (%typedefs, %structs, %enums, %functions, %inline);
my $qualifiers = qr/\b(?:const|volatile|CONST)\b/;

# "PVOID *Name[3]" -> (name, type, array size or undef, is a pointer to a function, width of a bit field)
sub parse_declarator {
    my ($text) = @_;
    if ($text =~ /^(.*?)\(\s*(?:\w+\s+)?\*\s*(?:const\s+)?(\w*)\s*\)\s*$parens$/) {
        return {name => $2, type => 'void', routine => 1};
    }
    $text =~ s/\s*:\s*[^:]+$// and return undef; # a bit field has no address
    my $array = $text =~ s/\s*\[([^\]]*)\]\s*$// ? $1 : undef;
    return undef if $text =~ /\]$/; # more than one dimension
    $text =~ s/$qualifiers//g;
    $text = tidy($text);
    $text =~ /^(.*?[\s*])(\w+)$/ or return {name => '', type => $text, array => $array};
    return {name => $2, type => tidy($1), array => $array};
}

# Fields of a structure: those of anonymous ones inside it are its own.
sub parse_fields {
    my ($body, $prefix) = @_;
    my @fields;
    for my $part (split_at($body, ';')) {
        if ($part =~ /^(?:struct|union)\s*(\w*)\s*($braces)\s*(.*)$/) {
            my ($inner, $names) = ($2, tidy($3));
            next if $names =~ /\[/;
            my $path = $names eq '' ? $prefix : $prefix . ($names =~ /(\w+)$/)[0] . '.';
            next if $names =~ /\*/;
            push @fields, parse_fields(substr($inner, 1, -1), $path);
            next;
        }
        my ($first, @more) = split_at($part, ',');
        my $declarator = parse_declarator($first) or next;
        my $base = $declarator->{type} =~ s/[\s*]+$//r;
        push @fields, {%$declarator, name => $prefix . $declarator->{name}} if $declarator->{name} ne '';
        for my $other (@more) {
            my $next = parse_declarator("$base $other") or next;
            push @fields, {%$next, name => $prefix . $next->{name}};
        }
    }
    return @fields;
}

sub parse_typedef {
    my ($text) = @_;
    if ($text =~ /^(struct|union|enum)\s*(\w*)\s*($braces)\s*(.*)$/) {
        my ($kind, $tag, $body, $rest) = ($1, $2, substr($3, 1, -1), $4);
        my ($first) = $rest =~ /(?:^|,)\s*(\w+)\s*(?:,|$)/;
        my $id = $first // $tag;
        note_body($kind, $tag ne '' ? "$kind $tag" : $id, $body, defined $first ? $first : "$kind $tag");
        $text = ($tag ne '' ? "$kind $tag" : "$kind $id") . " $rest";
        $structs{"$kind $id"} //= $structs{$id} if $tag eq '' && $structs{$id};
        $enums{"$kind $id"} //= $enums{$id} if $tag eq '' && $enums{$id};
    }
    if ($text =~ /^(.*?)\(\s*(?:\w+\s+)?\*\s*(\w+)\s*\)\s*$parens$/) {
        $typedefs{$2} = {type => 'void', routine => 1};
        return;
    }
    if ($text =~ /^.*?\b(\w+)\s*$parens$/) {
        $typedefs{$1} = {type => 'void', function => 1};
        return;
    }
    my ($first, @more) = split_at($text, ',');
    my $declarator = parse_declarator($first) or return;
    my $base = $declarator->{type} =~ s/[\s*]+$//r;
    $typedefs{$declarator->{name}} //= {type => $declarator->{type}, array => $declarator->{array}};
    for my $other (@more) {
        my $next = parse_declarator("$base $other") or next;
        $typedefs{$next->{name}} //= {type => $next->{type}, array => $next->{array}};
    }
}

sub note_body {
    my ($kind, $id, $body, $c_name) = @_;
    if ($kind eq 'enum') {
        my @names = map { /^(\w+)/ ? $1 : () } split_at($body, ',');
        $enums{$id} = {c_name => $c_name, names => \@names};
    } else {
        $structs{$id} = {c_name => $c_name, fields => [parse_fields($body, '')]};
    }
}

sub parse_function {
    my ($text) = @_;
    $text =~ s/^extern\s+//;
    my $noreturn = $text =~ s/\b_Noreturn\b//g;
    $text =~ /^(.*?[\s*])(\w+)\s*\(((?:[^()]++|$parens)*)\)$/ or return;
    my ($result, $name, $list) = (tidy($1), $2, tidy($3));
    return if $result =~ /[()=]/ || $list =~ /\.\.\./ || $name =~ /^wdfcore_/;
    my @parameters;
    for my $part ($list =~ /^(?:void|VOID)?$/ ? () : split_at($list, ',')) {
        my $parameter = parse_declarator($part);
        if (!$parameter || $parameter->{name} eq '' || exists $typedefs{$parameter->{name}}) {
            die "api_wrappers.pl: $name: a parameter without a name: $part\n";
        }
        return if $parameter->{type} =~ /^(?:UNICODE|ANSI|OEM)_STRING$/; # larger than a word
        push @parameters, {%$parameter, text => $part};
    }
    $functions{$name} = {result => $result, parameters => \@parameters};
}

for my $declaration (split_declarations(read_headers())) {
    if ($declaration =~ s/^typedef\s+//) {
        parse_typedef($declaration);
    } elsif ($declaration =~ /^(struct|union|enum)\s+(\w+)\s*($braces)$/) {
        note_body($1, "$1 $2", substr($3, 1, -1), "$1 $2");
    } elsif ($declaration !~ /^static\b|\binline\b|^[^(]*=/ && $declaration =~ /\)$/) {
        parse_function($declaration);
    }
}

# ---- types ----

my (@types, %type_index, %field_tables, %enum_tables, @tables);
my %unsigned = map { $_ => 1 } ('unsigned char', 'unsigned short', 'unsigned int', 'unsigned long',
    'unsigned long long', 'size_t', 'wchar_t', '_Bool', 'unsigned', 'short unsigned int');

# Follows typedefs: {stars, base, routine}
sub resolve {
    my ($type) = @_;
    my $stars = 0;
    for (1 .. 32) {
        $type =~ s/$qualifiers//g;
        $type = tidy($type);
        $stars++ while $type =~ s/\s*\*\s*$//;
        my $known = $typedefs{$type} or last;
        return {stars => 1, base => 'void', routine => 1} if $known->{routine} && $stars == 0;
        return {stars => 1, base => 'void', routine => 1} if $known->{function} && $stars == 1;
        return {stars => $stars + 1, base => 'void'} if $known->{routine} || $known->{function};
        $stars++ if defined $known->{array};
        $type = $known->{type};
    }
    return {stars => $stars, base => $type};
}

sub enum_table {
    my ($base) = @_;
    my $enum = $enums{$base};
    if (!defined $enum_tables{$base}) {
        my $name = 'enum_' . scalar keys %enum_tables;
        $enum_tables{$base} = $name;
        push @tables, "static const struct api_enumerator $name\[] = {\n"
            . join('', map { "    {\"$_\", (int64_t)$_},\n" } @{$enum->{names}}) . "    {NULL, 0},\n};\n";
    }
    return $enum_tables{$base};
}

sub field_table {
    my ($base) = @_;
    if (!defined $field_tables{$base}) {
        my $name = 'fields_' . scalar keys %field_tables;
        $field_tables{$base} = $name; # before its fields: structures may point to themselves
        my $struct = $structs{$base};
        my $rows = '';
        for my $field (@{$struct->{fields}}) {
            my $type = type_of($field->{type}, $field->{routine}, $base);
            my $object = "(($struct->{c_name} *)0)->$field->{name}";
            my $count = defined $field->{array} ? "sizeof($object) / sizeof($object\[0])" : 0;
            $rows .= "    {\"$field->{name}\", offsetof($struct->{c_name}, $field->{name}),\n"
                . "     sizeof($object), $count, $type},\n";
        }
        push @tables, "static const struct api_field $name\[] = {\n$rows    {NULL, 0, 0, 0, 0},\n};\n";
    }
    return $field_tables{$base};
}

# The number of a type; every type that is asked for gets a row in the table.
sub type_of {
    my ($text, $routine) = @_;
    my $key = $routine ? '(routine)' : tidy($text);
    return $type_index{$key} if defined $type_index{$key};
    my $index = $type_index{$key} = scalar @types;
    push @types, undef;
    my $known = $routine ? {stars => 1, base => 'void', routine => 1} : resolve($text);
    my ($kind, $table, $target, $size) = ('API_KIND_UNSIGNED', '{.fields = NULL}', -1, $routine ? 8 : "sizeof($text)");
    my $base = $known->{base};
    my $body = $structs{$base} // $enums{$base};
    $size = "sizeof($body->{c_name})" if $known->{stars} == 0 && $body; # it may have no tag
    my $shown = $routine ? 'routine' : tidy($text);
    if ($known->{routine}) {
        $kind = 'API_KIND_ROUTINE';
    } elsif ($known->{stars} > 0) {
        $kind = $shown =~ /^WDF[A-Z]\w+$/ && $base =~ /__$/ ? 'API_KIND_HANDLE' : 'API_KIND_POINTER';
        if ($known->{stars} > 1) {
            $target = target_of($text, $known);
        } elsif ($structs{$base} && $kind eq 'API_KIND_POINTER') {
            $target = type_of($structs{$base}{c_name});
        } elsif ($base !~ /^(?:void|struct |union |enum )/ || $enums{$base}) {
            $target = target_of($text, $known);
        }
    } elsif ($shown eq 'NTSTATUS') {
        $kind = 'API_KIND_STATUS';
    } elsif ($shown eq 'BOOLEAN') {
        $kind = 'API_KIND_BOOLEAN';
    } elsif ($base =~ /^(?:void)$/) {
        ($kind, $size) = ('API_KIND_VOID', 0);
    } elsif ($structs{$base}) {
        $kind = 'API_KIND_STRUCT';
        $table = '{.fields = ' . field_table($base) . '}';
    } elsif ($enums{$base}) {
        $kind = 'API_KIND_ENUM';
        $table = '{.enumerators = ' . enum_table($base) . '}';
    } elsif ($base =~ /^(?:struct|union) /) {
        die "api_wrappers.pl: $text is not complete\n";
    } elsif (!$unsigned{$base}) {
        $kind = 'API_KIND_SIGNED';
    }
    $types[$index] = "{\"$shown\", $kind, $size, $target, $table}";
    return $index;
}

# What a pointer other than one to a structure points to: the type's text with a star less.
sub target_of {
    my ($text, $known) = @_;
    my $plain = tidy($text =~ s/$qualifiers//gr);
    return type_of($plain) if $plain =~ s/\s*\*$// && resolve($plain)->{base} ne 'void';
    return type_of($plain) if resolve($plain)->{stars} > 0 && $plain ne tidy($text =~ s/$qualifiers//gr);
    for (1 .. 8) {
        my $next = $typedefs{$plain} or last;
        $plain = tidy($next->{type} =~ s/$qualifiers//gr);
        if ($plain =~ s/\s*\*$//) {
            return resolve($plain)->{base} eq 'void' && resolve($plain)->{stars} == 0 ? -1 : type_of($plain);
        }
    }
    return -1;
}

# ---- writing ----

open my $output, '>', $out or die "api_wrappers.pl: $out: $!\n";
select $output;
my @names = sort grep { !/^_/ } keys %functions;

print "/* Generated by api_wrappers.pl from the public headers: do not edit. */\n#include \"$headers\"\n";
print "#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n";
print "#include \"harness/api_interpose.h\"\n\n";
print <<'C';
/* The bytes of an argument; what is larger than a word cannot be one. */
#define WORD(value)                                                   \
    ({                                                                \
        uint64_t word_ = 0;                                           \
        _Static_assert(sizeof(value) <= sizeof(word_), "by value");   \
        memcpy(&word_, &(value), sizeof(value));                      \
        word_;                                                        \
    })

/* A section of their own, so that a return address tells a wrapper from a driver. */
#define WRAPPER __attribute__((section("wc_api_wrappers"), noinline))

extern const char __start_wc_api_wrappers[], __stop_wc_api_wrappers[];

C

# An array among the parameters is a pointer, and a va_list is an array.
sub word_of {
    my ($parameter) = @_;
    my $array = defined $parameter->{array} || resolve($parameter->{type})->{base} =~ /va_list/;
    return $array ? "(uintptr_t)$parameter->{name}" : "WORD($parameter->{name})";
}

my (@rows, $wrappers);
$wrappers = '';
for my $name (@names) {
    my $function = $functions{$name};
    my @parameters = @{$function->{parameters}};
    my $count = @parameters;
    my $returns = resolve($function->{result});
    my $void = $returns->{base} eq 'void' && $returns->{stars} == 0 && !$returns->{routine};
    my $index = @rows;
    my $arguments = join ', ', map { $_->{name} } @parameters;
    my $list = $count ? join(', ', map { $_->{text} } @parameters) : 'void';
    my $words = $count ? join(', ', map { word_of($_) } @parameters) : '0';
    my $call = "((__typeof__(&$name))api_real[$index])($arguments)";

    $wrappers .= "static WRAPPER $function->{result} wrap_$name($list)\n{\n"
        . "    uint64_t api_words[] = {$words};\n"
        . "    struct api_call api_call = {.api = &api_table[$index], .argument = api_words,\n"
        . "        .caller = __builtin_return_address(0)};\n";
    if ($void) {
        $wrappers .= "\n    if (api_interpose_before(&api_call)) {\n        $call;\n    }\n"
            . "    api_interpose_after(&api_call);\n}\n\n";
    } else {
        $wrappers .= "    $function->{result} api_result;\n\n"
            . "    if (api_interpose_before(&api_call)) {\n        api_result = $call;\n"
            . "        api_call.result = WORD(api_result);\n    } else {\n"
            . "        memcpy(&api_result, &api_call.result, sizeof(api_result));\n    }\n"
            . "    api_interpose_after(&api_call);\n    return api_result;\n}\n\n";
    }
    my $parameter_rows = join ', ',
        map { "{\"$_->{name}\", " . type_of($_->{type} . (defined $_->{array} ? ' *' : ''), $_->{routine}) . '}' } @parameters;
    push @tables, "static const struct api_parameter parameters_$index\[] = {$parameter_rows};\n" if $count;
    push @rows, "    {\"$name\", " . type_of($function->{result}) . ", $count, "
        . ($count ? "parameters_$index" : 'NULL') . ", (void *)(uintptr_t)wrap_$name},\n";
}

my $total = @rows;
print "static const struct api_info api_table[$total];\nstatic void *api_real[$total];\n\n";
print join("\n", @tables), "\n";
print "static const struct api_type type_table[] = {\n", map { "    $_,\n" } @types;
print "};\n\n", $wrappers;
print "static const struct api_info api_table[$total] = {\n", @rows, "};\n\n";
print "const struct api_library api_wrappers = {\n"
    . "    api_table, api_real, $total, type_table, sizeof(type_table) / sizeof(type_table[0]),\n"
    . "    __start_wc_api_wrappers, __stop_wc_api_wrappers,\n};\n";

# Names of statuses; of two for one value the first.
print "\nconst struct api_enumerator api_statuses[] = {\n";
for my $header ('ntstatus.h', 'nt/status_error.h', 'nt/status_error_more.h') {
    open my $status_file, '<', "$include/$header" or die "api_wrappers.pl: $header: $!\n";
    while (my $line = <$status_file>) {
        print "    {\"$1\", (int64_t)$1},\n" if $line =~ /^#define\s+(STATUS_\w+)\s+\(\(NTSTATUS\)0x/;
    }
    close $status_file;
}
print "    {NULL, 0},\n};\n";
close $output or die "api_wrappers.pl: $out: $!\n";
