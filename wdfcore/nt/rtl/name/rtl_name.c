/* rtl_name.c - what names are made of, and paths of names. */
#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/rtl/string/rtl_case.h"

#define F   FSRTL_FAT_LEGAL
#define H   FSRTL_HPFS_LEGAL
#define N   FSRTL_NTFS_LEGAL
#define W   FSRTL_WILD_CHARACTER
#define O   FSRTL_OLE_LEGAL
#define ALL (F | H | N | O)

/* FAT refuses more than the others; no control character but in a stream's name. */
const UCHAR FsRtlLegalAnsiCharacterArray[128] = {
    [0x01 ... 0x1F] = O, [' ' ... '!'] = ALL, ['"'] = W | O,
    ['#' ... ')'] = ALL, ['*'] = W | O,       ['+' ... ','] = H | N | O,
    ['-' ... '.'] = ALL, ['0' ... '9'] = ALL, [';'] = H | N | O,
    ['<'] = W | O,       ['='] = H | N | O,   ['>' ... '?'] = W | O,
    ['@' ... 'Z'] = ALL, ['['] = H | N | O,   [']'] = H | N | O,
    ['^' ... '{'] = ALL, ['|'] = O,           ['}' ... 0x7F] = ALL,
};

#undef F
#undef H
#undef N
#undef W
#undef O
#undef ALL

BOOLEAN FsRtlDoesNameContainWildCards(PUNICODE_STRING Name)
{
    if (!API(APC_LEVEL) || !ke_check_address(Name, "a name", __func__)) {
        return FALSE;
    }
    for (USHORT i = 0; i < Name->Length / sizeof(WCHAR); i++) {
        if (FsRtlIsUnicodeCharacterWild(Name->Buffer[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

BOOLEAN FsRtlDoesDbcsContainWildCards(PANSI_STRING Name)
{
    if (!API(APC_LEVEL) || !ke_check_address(Name, "a name", __func__)) {
        return FALSE;
    }
    for (USHORT i = 0; i < Name->Length; i++) {
        if (FsRtlIsAnsiCharacterWild(Name->Buffer[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static WCHAR name_folded(WCHAR character, BOOLEAN ignore_case, PCWCH table)
{
    if (!ignore_case) {
        return character;
    }
    return table != NULL ? table[character] : rtl_upcase(character);
}

BOOLEAN FsRtlAreNamesEqual(PCUNICODE_STRING ConstantNameA, PCUNICODE_STRING ConstantNameB,
                           BOOLEAN IgnoreCase, PCWCH UpcaseTable)
{
    if (!API(PASSIVE_LEVEL) || !ke_check_address(ConstantNameA, "a name", __func__) ||
        !ke_check_address(ConstantNameB, "a name", __func__) ||
        ConstantNameA->Length != ConstantNameB->Length) {
        return FALSE;
    }
    for (USHORT i = 0; i < ConstantNameA->Length / sizeof(WCHAR); i++) {
        if (name_folded(ConstantNameA->Buffer[i], IgnoreCase, UpcaseTable) !=
            name_folded(ConstantNameB->Buffer[i], IgnoreCase, UpcaseTable)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- paths ---- */

VOID FsRtlDissectName(UNICODE_STRING Path, PUNICODE_STRING FirstName, PUNICODE_STRING RemainingName)
{
    USHORT count = Path.Length / sizeof(WCHAR);
    USHORT start = count != 0 && Path.Buffer[0] == L'\\';
    USHORT end = start;

    if (!API(APC_LEVEL)) {
        return;
    }
    *FirstName = *RemainingName = (UNICODE_STRING){0};
    if (count == 0) {
        return;
    }
    while (end < count && Path.Buffer[end] != L'\\') {
        end++;
    }
    FirstName->Length = FirstName->MaximumLength = (USHORT)((end - start) * sizeof(WCHAR));
    FirstName->Buffer = Path.Buffer + start;
    if (end < count) {
        RemainingName->Length = RemainingName->MaximumLength =
            (USHORT)((count - end - 1) * sizeof(WCHAR));
        RemainingName->Buffer = Path.Buffer + end + 1;
    }
}

VOID FsRtlDissectDbcs(ANSI_STRING Path, PANSI_STRING FirstName, PANSI_STRING RemainingName)
{
    USHORT start = Path.Length != 0 && Path.Buffer[0] == '\\';
    USHORT end = start;

    if (!API(APC_LEVEL)) {
        return;
    }
    *FirstName = *RemainingName = (ANSI_STRING){0};
    if (Path.Length == 0) {
        return;
    }
    while (end < Path.Length && Path.Buffer[end] != '\\') {
        end++;
    }
    FirstName->Length = FirstName->MaximumLength = (USHORT)(end - start);
    FirstName->Buffer = Path.Buffer + start;
    if (end < Path.Length) {
        RemainingName->Length = RemainingName->MaximumLength = (USHORT)(Path.Length - end - 1);
        RemainingName->Buffer = Path.Buffer + end + 1;
    }
}

/* ---- statuses ---- */

BOOLEAN FsRtlIsNtstatusExpected(NTSTATUS Ntstatus)
{
    return API_QUIET(HIGH_LEVEL) && Ntstatus != STATUS_DATATYPE_MISALIGNMENT &&
           Ntstatus != STATUS_ACCESS_VIOLATION && Ntstatus != STATUS_ILLEGAL_INSTRUCTION &&
           Ntstatus != STATUS_INSTRUCTION_MISALIGNMENT;
}

NTSTATUS FsRtlNormalizeNtstatus(NTSTATUS Exception, NTSTATUS GenericException)
{
    return FsRtlIsNtstatusExpected(Exception) ? Exception : GenericException;
}
