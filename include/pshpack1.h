/* pshpack1.h - from here on structures are packed to 1 byte, until <poppack.h>. Once for each use. */
#pragma pack(push, 1)
