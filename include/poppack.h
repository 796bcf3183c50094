/* poppack.h - ends what <pshpack1.h> and its kin began. Once for each use. */
#pragma pack(pop)
