/* pshpack2.h - from here on structures are packed to 2 bytes, until <poppack.h>. Once for each use. */
#pragma pack(push, 2)
