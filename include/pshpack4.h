/* pshpack4.h - from here on structures are packed to 4 bytes, until <poppack.h>. Once for each use. */
#pragma pack(push, 4)
