/* pshpack8.h - from here on structures are packed to 8 bytes, until <poppack.h>. Once for each use. */
#pragma pack(push, 8)
