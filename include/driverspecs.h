/* driverspecs.h - annotations about IRQL, memory ownership and routine types. They expand to
 * nothing; what they say is checked at run time instead.
 */
#pragma once

#define _IRQL_requires_(irql)
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(irql)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(kind, param)
#define _IRQL_restores_global_(kind, param)
#define _IRQL_always_function_max_(irql)
#define _IRQL_limited_to_(irql)
#define _IRQL_always_function_min_(irql)
#define _IRQL_is_cancel_
#define _IRQL_uses_cancel_
#define _Function_class_(name)
#define _Dispatch_type_(type)
#define _Kernel_float_saved_
#define _Kernel_float_restored_
#define _Kernel_float_used_
#define _Kernel_acquires_resource_(kind)
#define _Kernel_releases_resource_(kind)
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Kernel_clear_do_init_(yesNo)
#define _Kernel_IoGetDmaAdapter_
#define __drv_acquiresExclusiveResource(kind)
#define __drv_releasesExclusiveResource(kind)
#define __drv_acquiresCancelSpinLock
#define __drv_releasesCancelSpinLock
#define __drv_aliasesMem
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_at(expr, annos)
#define __drv_arg(expr, annos)
#define __drv_clearDoInit(yesNo)
#define __drv_completionType(kind)
#define __drv_constant
#define __drv_copiesMem
#define __drv_deref(annos)
#define __drv_dispatchType(kind)
#define __drv_dispatchType_other
#define __drv_formatString(kind)
#define __drv_functionClass(name)
#define __drv_holdsCancelSpinLock
#define __drv_in(annos)
#define __drv_innerMustHoldGlobal(kind, param)
#define __drv_inTry
#define __drv_interlocked
#define __drv_isCancelIRQL
#define __drv_isObjectPointer
#define __drv_maxFunctionIRQL(irql)
#define __drv_maxIRQL(irql)
#define __drv_minFunctionIRQL(irql)
#define __drv_minIRQL(irql)
#define __drv_mustHold(kind)
#define __drv_mustHoldCancelSpinLock
#define __drv_neverHold(kind)
#define __drv_neverHoldCancelSpinLock
#define __drv_nonConstant
#define __drv_notInTry
#define __drv_notPointer
#define __drv_out(annos)
#define __drv_in_deref(annos)
#define __drv_out_deref(annos)
#define __drv_ret(annos)
#define __drv_typeConst
#define __drv_typeCond
#define __drv_typeBitset
#define __drv_typeExpr
#define __drv_mustHoldCriticalRegion
#define __drv_neverHoldCriticalRegion
#define __drv_acquiresCriticalRegion
#define __drv_releasesCriticalRegion
#define __drv_preferredFunction(name, reason)
#define __drv_raisesIRQL(irql)
#define __drv_reportError(why)
#define __drv_requiresIRQL(irql)
#define __drv_restoresIRQL
#define __drv_restoresIRQLGlobal(kind, param)
#define __drv_sameIRQL
#define __drv_savesIRQL
#define __drv_savesIRQLGlobal(kind, param)
#define __drv_setsIRQL(irql)
#define __drv_strictType(name, mode)
#define __drv_strictTypeMatch(mode)
#define __drv_unit(kind)
#define __drv_useCancelIRQL
#define __drv_valueIs(list)
#define __kernel_code
#define __user_code
#define __prefast_operator_new_null
#define __prefast_operator_new_throws
