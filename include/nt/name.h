/* name.h - names with wildcards and paths, as file systems and filters take them apart. Part of ntifs.h.
 * Wildcards: * any characters, ? one; DOS_STAR as *, but not the last period; DOS_QM one character, or none at
 * a period or the end; DOS_DOT a period, or none at the end.
 */
#pragma once

#include "file.h"
#include "pool.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DOS_STAR (L'<')
#define DOS_QM   (L'>')
#define DOS_DOT  (L'"')

#define FSRTL_FAT_LEGAL         0x01
#define FSRTL_HPFS_LEGAL        0x02
#define FSRTL_NTFS_LEGAL        0x04
#define FSRTL_WILD_CHARACTER    0x08
#define FSRTL_OLE_LEGAL         0x10
#define FSRTL_NTFS_STREAM_LEGAL (FSRTL_NTFS_LEGAL | FSRTL_OLE_LEGAL)

/* For each character of ASCII the bits above. */
extern NTKERNELAPI const UCHAR FsRtlLegalAnsiCharacterArray[128];

#define FsRtlTestAnsiCharacter(C, DEFAULT, WILD_OK, FLAGS)           \
    (((SCHAR)(C) < 0) ? (DEFAULT)                                    \
                      : ((FsRtlLegalAnsiCharacterArray[(UCHAR)(C)] & \
                          ((FLAGS) | ((WILD_OK) ? FSRTL_WILD_CHARACTER : 0))) != 0))
#define FsRtlIsAnsiCharacterWild(C) FsRtlTestAnsiCharacter((C), FALSE, FALSE, FSRTL_WILD_CHARACTER)
#define FsRtlIsAnsiCharacterLegalFat(C, WILD_OK) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD_OK), FSRTL_FAT_LEGAL)
#define FsRtlIsAnsiCharacterLegalHpfs(C, WILD_OK) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD_OK), FSRTL_HPFS_LEGAL)
#define FsRtlIsAnsiCharacterLegalNtfs(C, WILD_OK) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD_OK), FSRTL_NTFS_LEGAL)
#define FsRtlIsAnsiCharacterLegalNtfsStream(C, WILD_OK) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD_OK), FSRTL_NTFS_STREAM_LEGAL)
#define FsRtlIsUnicodeCharacterWild(C) \
    ((C) < 0x40 && (FsRtlLegalAnsiCharacterArray[(C)] & FSRTL_WILD_CHARACTER) != 0)

/* FsRtlIsNameInExpression: whether the name matches. FsRtlIsDbcsInExpression: the same, bytes as they are.
 *   Expression   in upper case if IgnoreCase
 *   UpcaseTable  of 65536 characters, for IgnoreCase; NULL: the system's
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-fsrtlisnameinexpression, -fsrtlisdbcsinexpression
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name, BOOLEAN IgnoreCase,
                            PWCH UpcaseTable);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlIsDbcsInExpression(PANSI_STRING Expression, PANSI_STRING Name);

/* FsRtlDoesNameContainWildCards ...: any of * ? DOS_STAR DOS_QM DOS_DOT.
 *   IRQL     <= APC_LEVEL
 *   Source   ntifs/nf-ntifs-fsrtldoesnamecontainwildcards, -fsrtldoesdbcscontainwildcards
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlDoesNameContainWildCards(PUNICODE_STRING Name);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN FsRtlDoesDbcsContainWildCards(PANSI_STRING Name);

/* FsRtlAreNamesEqual: no wildcards.
 *   UpcaseTable  as above
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-fsrtlarenamesequal
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlAreNamesEqual(PCUNICODE_STRING ConstantNameA, PCUNICODE_STRING ConstantNameB,
                       BOOLEAN IgnoreCase, PCWCH UpcaseTable);

/* FsRtlDissectName: the first name of a path, with or without a backslash in front, and what is behind the
 * next backslash. Both lie in the path's memory; empty: Length 0, Buffer NULL.
 *   IRQL     <= APC_LEVEL      Source   ntifs/nf-ntifs-fsrtldissectname, -fsrtldissectdbcs
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    FsRtlDissectName(UNICODE_STRING Path, PUNICODE_STRING FirstName, PUNICODE_STRING RemainingName);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    FsRtlDissectDbcs(ANSI_STRING Path, PANSI_STRING FirstName, PANSI_STRING RemainingName);

/* FsRtlIsFatDbcsLegal, FsRtlIsHpfsDbcsLegal: whether FAT (8.3), or HPFS (255 bytes), can have such a name. "." and
 * ".." are such names.
 *   WildCardsPermissible  a name with wildcards may have any length
 *   PathNamePermissible   several names with backslashes between them
 *   LeadingBackslashPermissible  one in front, or nothing else
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-fsrtlisfatdbcslegal, -fsrtlishpfsdbcslegal
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlIsFatDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                        BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlIsHpfsDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                         BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible);

/* FsRtlRemoveDotsFromPath: names "." go, names ".." go with the name before.
 *   PathLength, NewLength  in bytes
 *   Returns  STATUS_SUCCESS; STATUS_IO_REPARSE_DATA_INVALID: there is no name before
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-fsrtlremovedotsfrompath
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    FsRtlRemoveDotsFromPath(PWSTR OriginalString, USHORT PathLength, USHORT *NewLength);

/* FsRtlIsNtstatusExpected: FALSE for what only a bug raises: access violation, misaligned data or
 * instruction, illegal instruction. FsRtlNormalizeNtstatus: the first if it is expected, else the second.
 *   IRQL     any      Source   ntifs/nf-ntifs-fsrtlisntstatusexpected, -fsrtlnormalizentstatus
 */
NTKERNELAPI BOOLEAN FsRtlIsNtstatusExpected(NTSTATUS Ntstatus);
NTKERNELAPI NTSTATUS FsRtlNormalizeNtstatus(NTSTATUS Exception, NTSTATUS GenericException);

/* FsRtlAllocatePoolWithTag, FsRtlAllocatePool: raise STATUS_INSUFFICIENT_RESOURCES instead of NULL.
 *   IRQL     as ExAllocatePoolWithTag      Source   ntifs/nf-ntifs-fsrtlallocatepoolwithtag
 */
#define FsRtlAllocatePoolWithTag(PoolType, NumberOfBytes, Tag)                        \
    ExAllocatePoolWithTag((POOL_TYPE)((PoolType) | POOL_RAISE_IF_ALLOCATION_FAILURE), \
                          (NumberOfBytes), (Tag))
#define FsRtlAllocatePool(PoolType, NumberOfBytes) \
    FsRtlAllocatePoolWithTag((PoolType), (NumberOfBytes), 'trSF')

#ifdef __cplusplus
}
#endif
