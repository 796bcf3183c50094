/* sal.h - source annotations. They describe parameters to Microsoft's analysers; here every word
 * expands to nothing, so that annotated source compiles as it stands.
 * Four of the old two-underscore words are macros in C only: C++ library headers use them as names. A
 * driver's own lines of C++ lose __in and __out before they are compiled (wdf_narrow_long.pl).
 */
#pragma once

/* Pre- and postconditions of parameters. */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_reads_z_(size)
#define _In_reads_opt_z_(size)
#define _In_reads_or_z_(size)
#define _In_reads_or_z_opt_(size)
#define _In_reads_to_ptr_(ptr)
#define _In_reads_to_ptr_z_(ptr)
#define _In_bytecount_(size)
#define _In_bytecount_opt_(size)
#define _In_count_(size)
#define _In_opt_count_(size)
#define _In_range_(low, high)
#define _Out_
#define _Out_opt_
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_z_(size)
#define _Out_writes_opt_z_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_to_opt_(size, count)
#define _Out_writes_all_(size)
#define _Out_writes_all_opt_(size)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_bytes_to_opt_(size, count)
#define _Out_writes_bytes_all_(size)
#define _Out_writes_bytes_all_opt_(size)
#define _Out_writes_to_ptr_(ptr)
#define _Out_z_cap_(size)
#define _Out_cap_(size)
#define _Out_bytecap_(size)
#define _Out_range_(low, high)
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_opt_z_
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_z_(size)
#define _Inout_updates_opt_z_(size)
#define _Inout_updates_to_(size, count)
#define _Inout_updates_to_opt_(size, count)
#define _Inout_updates_all_(size)
#define _Inout_updates_all_opt_(size)
#define _Inout_updates_bytes_(size)
#define _Inout_updates_bytes_opt_(size)
#define _Inout_updates_bytes_to_(size, count)
#define _Inout_updates_bytes_to_opt_(size, count)
#define _Inout_updates_bytes_all_(size)
#define _Inout_updates_bytes_all_opt_(size)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_nullonfailure_
#define _Outptr_opt_result_nullonfailure_
#define _Outptr_result_z_
#define _Outptr_opt_result_z_
#define _Outptr_result_maybenull_z_
#define _Outptr_result_buffer_(size)
#define _Outptr_opt_result_buffer_(size)
#define _Outptr_result_buffer_maybenull_(size)
#define _Outptr_result_buffer_to_(size, count)
#define _Outptr_result_bytebuffer_(size)
#define _Outptr_opt_result_bytebuffer_(size)
#define _Outptr_result_bytebuffer_maybenull_(size)
#define _Outptr_result_bytebuffer_to_(size, count)
#define _Outref_
#define _Outref_result_maybenull_
#define _Outref_result_nullonfailure_
#define _Outref_result_buffer_(size)
#define _Outref_result_bytebuffer_(size)
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _COM_Outptr_result_maybenull_
#define _Deref_out_range_(low, high)
#define _Deref_in_range_(low, high)
#define _Deref_inout_range_(low, high)
#define _Deref_pre_valid_
#define _Deref_pre_z_
#define _Deref_prepost_z_
#define _Deref_post_valid_
#define _Deref_post_z_
#define _Deref_post_null_
#define _Deref_post_maybenull_
#define _Deref_post_notnull_
#define _Result_nullonfailure_
#define _Result_zeroonfailure_
#define _Reserved_
#define _Const_
#define _Maybenull_
#define _Notnull_
#define _Null_
#define _Valid_
#define _Notvalid_
#define _Maybevalid_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Readable_bytes_(size)
#define _Readable_elements_(size)
#define _Writable_bytes_(size)
#define _Writable_elements_(size)
#define _Points_to_data_
#define _Literal_
#define _Notliteral_
#define _Pre_
#define _Pre_z_
#define _Pre_valid_
#define _Pre_opt_valid_
#define _Pre_invalid_
#define _Pre_null_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_readonly_
#define _Pre_writeonly_
#define _Pre_satisfies_(cond)
#define _Pre_equal_to_(expr)
#define _Pre_readable_size_(size)
#define _Pre_writable_size_(size)
#define _Pre_readable_byte_size_(size)
#define _Pre_writable_byte_size_(size)
#define _Post_
#define _Post_z_
#define _Post_valid_
#define _Post_invalid_
#define _Post_null_
#define _Post_notnull_
#define _Post_maybenull_
#define _Post_maybez_
#define _Post_ptr_invalid_
#define _Post_satisfies_(cond)
#define _Post_equal_to_(expr)
#define _Post_readable_size_(size)
#define _Post_writable_size_(size)
#define _Post_readable_byte_size_(size)
#define _Post_writable_byte_size_(size)
#define _Prepost_z_
#define _Satisfies_(cond)
#define _Printf_format_string_
#define _Printf_format_string_params_(index)
#define _Scanf_format_string_

/* Return values. */
#define _Ret_
#define _Ret_z_
#define _Ret_opt_
#define _Ret_null_
#define _Ret_notnull_
#define _Ret_maybenull_
#define _Ret_maybenull_z_
#define _Ret_valid_
#define _Ret_opt_valid_
#define _Ret_range_(low, high)
#define _Ret_writes_(size)
#define _Ret_writes_z_(size)
#define _Ret_writes_maybenull_(size)
#define _Ret_writes_bytes_(size)
#define _Ret_writes_bytes_maybenull_(size)
#define _Ret_writes_to_(size, count)
#define _Ret_writes_bytes_to_(size, count)
#define _Check_return_
#define _Check_return_opt_
#define _Must_inspect_result_
#define _Success_(expr)
#define _Return_type_success_(expr)

/* Fields. */
#define _Field_range_(low, high)
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_full_(size)
#define _Field_size_full_opt_(size)
#define _Field_size_part_(size, count)
#define _Field_size_bytes_(size)
#define _Field_size_bytes_opt_(size)
#define _Field_size_bytes_full_(size)
#define _Field_size_bytes_part_(size, count)
#define _Field_z_
#define _Struct_size_bytes_(size)
#define _Strict_type_match_

/* Context. */
#define _At_(target, annos)
#define _At_buffer_(target, iter, bound, annos)
#define _When_(expr, annos)
#define _Group_(annos)
#define _On_failure_(annos)
#define _Always_(annos)
#define _Use_decl_annotations_
#define _Analysis_assume_(expr)
#define _Analysis_assume_nullterminated_(expr)
#define _Analysis_assume_lock_held_(lock)
#define _Analysis_assume_lock_not_held_(lock)
#define _Analysis_assume_lock_acquired_(lock)
#define _Analysis_assume_lock_released_(lock)
#define _Analysis_noreturn_
#define _Analysis_mode_(mode)
#define _Analysis_suppress_lock_checking_(lock)
#define __analysis_assume(expr)
#define _Raises_SEH_exception_
#define _Maybe_raises_SEH_exception_
#define _Inexpressible_(text)
#define _String_length_(text)
#define _Curr_
#define _Param_(index)
#define _Old_(expr)

/* Locks. */
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Interlocked_
#define _Interlocked_operand_
#define _Has_lock_kind_(kind)
#define _Has_lock_level_(level)
#define _Lock_level_order_(first, second)
#define _Create_lock_level_(level)
#define _Post_same_lock_(first, second)
#define _Internal_lock_level_order_(first, second)
#define _Acquires_lock_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Acquires_nonreentrant_lock_(lock)
#define _Releases_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Releases_nonreentrant_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_exclusive_lock_held_(lock)
#define _Requires_shared_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Requires_no_locks_held_
#define _No_competing_thread_
#define _No_competing_thread_begin_
#define _No_competing_thread_end_

/* The words before those with one underscore. */
#define __in_opt
#define __in_bcount(size)
#define __in_bcount_opt(size)
#define __in_ecount(size)
#define __in_ecount_opt(size)
#define __in_z
#define __out_opt
#define __out_bcount(size)
#define __out_bcount_opt(size)
#define __out_bcount_part(size, length)
#define __out_bcount_part_opt(size, length)
#define __out_bcount_full(size)
#define __out_ecount(size)
#define __out_ecount_opt(size)
#define __out_ecount_part(size, length)
#define __out_ecount_full(size)
#define __inout
#define __inout_opt
#define __inout_bcount(size)
#define __inout_bcount_opt(size)
#define __inout_bcount_full(size)
#define __inout_ecount(size)
#define __inout_ecount_opt(size)
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_inout_opt
#define __deref_out_bcount(size)
#define __deref_out_ecount(size)
#define __reserved
#define __checkReturn
#define __field_ecount(size)
#define __field_bcount(size)
#define __drv_when(cond, annos)
#if !defined(__cplusplus)
#define __in
#define __out
#define __success(expr)
#define __range(low, high)
#endif
