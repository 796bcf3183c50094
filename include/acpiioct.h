/* acpiioct.h - evaluating ACPI control methods through the ACPI driver.
 *   Source   acpiioct/ (one page for each structure, macro and IOCTL_ACPI_*)
 */
#pragma once

#include "devioctl.h"
#include "ntdef.h"
#include "ntstatus.h"

#define IOCTL_ACPI_EVAL_METHOD \
    CTL_CODE(FILE_DEVICE_ACPI, 1, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ACPI_ASYNC_EVAL_METHOD \
    CTL_CODE(FILE_DEVICE_ACPI, 0, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ACPI_EVAL_METHOD_EX \
    CTL_CODE(FILE_DEVICE_ACPI, 6, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ACPI_ASYNC_EVAL_METHOD_EX \
    CTL_CODE(FILE_DEVICE_ACPI, 7, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ACPI_ENUM_CHILDREN \
    CTL_CODE(FILE_DEVICE_ACPI, 8, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

#define ACPI_EVAL_INPUT_BUFFER_SIGNATURE                0x42696541 /* 'BieA' */
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_SIGNATURE 0x49696541 /* 'IieA' */
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_SIGNATURE  0x53696541 /* 'SieA' */
#define ACPI_EVAL_INPUT_BUFFER_COMPLEX_SIGNATURE        0x43696541 /* 'CieA' */
#define ACPI_EVAL_OUTPUT_BUFFER_SIGNATURE               0x426F6541 /* 'BoeA' */
#define ACPI_ENUM_CHILDREN_INPUT_BUFFER_SIGNATURE       0x48696541 /* 'HieA' */
#define ACPI_ENUM_CHILDREN_OUTPUT_BUFFER_SIGNATURE      0x47696541 /* 'GieA' */

#define ACPI_METHOD_ARGUMENT_INTEGER    0x0
#define ACPI_METHOD_ARGUMENT_STRING     0x1
#define ACPI_METHOD_ARGUMENT_BUFFER     0x2
#define ACPI_METHOD_ARGUMENT_PACKAGE    0x3
#define ACPI_METHOD_ARGUMENT_PACKAGE_EX 0x4

typedef struct _ACPI_EVAL_INPUT_BUFFER {
    ULONG Signature;
    union {
        UCHAR MethodName[4];
        ULONG MethodNameAsUlong;
    };
} ACPI_EVAL_INPUT_BUFFER, *PACPI_EVAL_INPUT_BUFFER;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER {
    ULONG Signature;
    union {
        UCHAR MethodName[4];
        ULONG MethodNameAsUlong;
    };
    ULONG IntegerArgument;
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING {
    ULONG Signature;
    union {
        UCHAR MethodName[4];
        ULONG MethodNameAsUlong;
    };
    ULONG StringLength;
    UCHAR String[1];
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING;

typedef struct _ACPI_METHOD_ARGUMENT {
    USHORT Type;
    USHORT DataLength;
    union {
        ULONG Argument;
        UCHAR Data[1];
    };
} ACPI_METHOD_ARGUMENT;
typedef ACPI_METHOD_ARGUMENT UNALIGNED *PACPI_METHOD_ARGUMENT;

typedef struct _ACPI_EVAL_INPUT_BUFFER_COMPLEX {
    ULONG Signature;
    union {
        UCHAR MethodName[4];
        ULONG MethodNameAsUlong;
    };
    ULONG Size;
    ULONG ArgumentCount;
    ACPI_METHOD_ARGUMENT Argument[1];
} ACPI_EVAL_INPUT_BUFFER_COMPLEX, *PACPI_EVAL_INPUT_BUFFER_COMPLEX;

typedef struct _ACPI_EVAL_OUTPUT_BUFFER {
    ULONG Signature;
    ULONG Length;
    ULONG Count;
    ACPI_METHOD_ARGUMENT Argument[1];
} ACPI_EVAL_OUTPUT_BUFFER;
typedef ACPI_EVAL_OUTPUT_BUFFER UNALIGNED *PACPI_EVAL_OUTPUT_BUFFER;

typedef struct _ACPI_ENUM_CHILDREN_INPUT_BUFFER {
    ULONG Signature;
    ULONG Flags;
    ULONG NameLength;
    CHAR Name[1];
} ACPI_ENUM_CHILDREN_INPUT_BUFFER, *PACPI_ENUM_CHILDREN_INPUT_BUFFER;

typedef struct _ACPI_ENUM_CHILD {
    ULONG Flags;
    ULONG NameLength; /* with the 0 behind the name */
    CHAR Name[1];
} ACPI_ENUM_CHILD;
typedef ACPI_ENUM_CHILD UNALIGNED *PACPI_ENUM_CHILD;

typedef struct _ACPI_ENUM_CHILDREN_OUTPUT_BUFFER {
    ULONG Signature;
    ULONG NumberOfChildren;
    ACPI_ENUM_CHILD Children[1];
} ACPI_ENUM_CHILDREN_OUTPUT_BUFFER;
typedef ACPI_ENUM_CHILDREN_OUTPUT_BUFFER UNALIGNED *PACPI_ENUM_CHILDREN_OUTPUT_BUFFER;

#define ACPI_ENUM_CHILD_LENGTH_FROM_CHILD(Child) \
    ((ULONG)(FIELD_OFFSET(ACPI_ENUM_CHILD, Name) + (Child)->NameLength))
#define ACPI_ENUM_CHILD_NEXT(Child) \
    ((PACPI_ENUM_CHILD)((PUCHAR)(Child) + ACPI_ENUM_CHILD_LENGTH_FROM_CHILD(Child)))

/* Arguments lie one behind the other; the data of each take four bytes at least. */
#define ACPI_METHOD_ARGUMENT_LENGTH(DataLength) \
    (FIELD_OFFSET(ACPI_METHOD_ARGUMENT, Data) + \
     ((DataLength) > sizeof(ULONG) ? (DataLength) : sizeof(ULONG)))
#define ACPI_METHOD_ARGUMENT_LENGTH_FROM_ARGUMENT(Argument) \
    (ACPI_METHOD_ARGUMENT_LENGTH(((PACPI_METHOD_ARGUMENT)(Argument))->DataLength))
#define ACPI_METHOD_NEXT_ARGUMENT(Argument)       \
    ((PACPI_METHOD_ARGUMENT)((PUCHAR)(Argument) + \
                             ACPI_METHOD_ARGUMENT_LENGTH_FROM_ARGUMENT(Argument)))
#define ACPI_EVAL_OUTPUT_BUFFER_ARGUMENTS_BEGIN(EvalOutputBuffer) (&(EvalOutputBuffer)->Argument[0])
#define ACPI_EVAL_OUTPUT_BUFFER_ARGUMENTS_END(EvalOutputBuffer) \
    ((PACPI_METHOD_ARGUMENT)((PUCHAR)(EvalOutputBuffer) + (EvalOutputBuffer)->Length))

#define ACPI_METHOD_SET_ARGUMENT_INTEGER(MethodArgument, IntData) \
    do {                                                          \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_INTEGER;    \
        (MethodArgument)->DataLength = sizeof(ULONG);             \
        (MethodArgument)->Argument = (IntData);                   \
    } while (0)
#define ACPI_METHOD_SET_ARGUMENT_STRING(MethodArgument, StrData)                                \
    do {                                                                                        \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_STRING;                                   \
        (MethodArgument)->DataLength = (USHORT)(__builtin_strlen((const char *)(StrData)) + 1); \
        __builtin_memcpy(&(MethodArgument)->Data[0], (StrData), (MethodArgument)->DataLength);  \
    } while (0)
#define ACPI_METHOD_SET_ARGUMENT_BUFFER(MethodArgument, BuffData, BuffLength)                   \
    do {                                                                                        \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_BUFFER;                                   \
        (MethodArgument)->DataLength = (BuffLength);                                            \
        __builtin_memcpy(&(MethodArgument)->Data[0], (BuffData), (MethodArgument)->DataLength); \
    } while (0)
