/* io_interrupt.c - IoConnectInterrupt and IoConnectInterruptEx: from the parameters of a driver to
 * interrupt objects. A message-based or line-based connection finds its interrupts in the resources
 * that the device was started with; each interrupt gets an object of its own, and the caller gets
 * the first object or the message table as its connection context.
 */
#include <wdm.h>

#include <stdlib.h>

#include "base/lock.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/ke_api.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

/* Interrupt objects of one connection, linked so that disconnecting finds them all. */
struct connection {
    struct connection *next;
    PVOID context; /* what the driver holds: the first object, or the message table */
    ULONG version;
    IO_INTERRUPT_MESSAGE_INFO *table; /* NULL: not message-based */
    ULONG count;
    PKINTERRUPT objects[];
};

static struct connection *connections; /* with the lock */
static struct base_lock connections_lock = {.rank = BASE_RANK_IO};

static struct connection *connection_allocate(ULONG version, ULONG count)
{
    struct connection *connection =
        calloc(1, sizeof(*connection) + count * sizeof(connection->objects[0]));

    if (connection != NULL) {
        connection->version = version;
    }
    return connection;
}

static void connection_disconnect(struct connection *connection)
{
    for (ULONG i = 0; i < connection->count; i++) {
        ke_interrupt_disconnect(connection->objects[i]);
    }
    free(connection->table);
    free(connection);
}

static void connection_publish(struct connection *connection, PVOID context)
{
    connection->context = context;
    base_lock_acquire(&connections_lock);
    connection->next = connections;
    connections = connection;
    base_lock_release(&connections_lock);
}

static struct connection **connection_find_locked(const VOID *context)
{
    struct connection **link = &connections;

    while (*link != NULL && (*link)->context != context) {
        link = &(*link)->next;
    }
    return link;
}

/* ---- fully specified ---- */

static NTSTATUS connect_one(const struct ke_interrupt_config *config, ULONG version,
                            PKINTERRUPT *object)
{
    struct connection *connection = connection_allocate(version, 1);
    NTSTATUS status;

    *object = NULL;
    if (connection == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = ke_interrupt_connect(config, &connection->objects[0]);
    if (!NT_SUCCESS(status)) {
        free(connection);
        return status;
    }
    connection->count = 1;
    *object = connection->objects[0];
    connection_publish(connection, *object);
    return STATUS_SUCCESS;
}

NTSTATUS IoConnectInterrupt(PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine,
                            PVOID ServiceContext, PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql,
                            KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
                            BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
                            BOOLEAN FloatingSave)
{
    const struct ke_interrupt_config config = {
        .service_routine = ServiceRoutine,
        .context = ServiceContext,
        .lock = SpinLock,
        .vector = Vector,
        .irql = Irql,
        .synchronize_irql = SynchronizeIrql,
        .mode = InterruptMode,
        .share = ShareVector,
        .affinity = ProcessorEnableMask,
    };

    UNREFERENCED_PARAMETER(FloatingSave);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return connect_one(&config, CONNECT_FULLY_SPECIFIED, InterruptObject);
}

static NTSTATUS
connect_fully_specified(const IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS *asked, ULONG version)
{
    BOOLEAN passive = asked->Irql == PASSIVE_LEVEL && asked->SynchronizeIrql == PASSIVE_LEVEL;
    const struct ke_interrupt_config config = {
        .service_routine = asked->ServiceRoutine,
        .context = asked->ServiceContext,
        .lock = asked->SpinLock,
        .vector = asked->Vector,
        .irql = asked->Irql,
        .synchronize_irql = asked->SynchronizeIrql,
        .mode = asked->InterruptMode,
        .share = asked->ShareVector,
        .passive = passive,
        .affinity = asked->ProcessorEnableMask,
    };

    if (asked->PhysicalDeviceObject == NULL || (passive && asked->SpinLock != NULL) ||
        (version == CONNECT_FULLY_SPECIFIED_GROUP && asked->Group != 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((asked->ProcessorEnableMask & ke_processor_mask()) == 0) {
        return STATUS_INVALID_PARAMETER_10;
    }
    return connect_one(&config, version, asked->InterruptObject);
}

/* ---- by the device's resources ---- */

#define MAXIMUM_INTERRUPTS 64

/* The interrupts that the device was started with: descriptors of its translated list. */
static ULONG device_interrupts(PDEVICE_OBJECT pdo, BOOLEAN messages,
                               const CM_PARTIAL_RESOURCE_DESCRIPTOR **found)
{
    const CM_RESOURCE_LIST *list = io_pnp_assigned(pdo);
    const CM_PARTIAL_RESOURCE_LIST *partial;
    ULONG count = 0;

    if (list == NULL) {
        return 0;
    }
    partial = &list->List[0].PartialResourceList;
    for (ULONG i = 0; i < partial->Count && count < MAXIMUM_INTERRUPTS; i++) {
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor = &partial->PartialDescriptors[i];
        BOOLEAN is_message = (descriptor->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;

        if (descriptor->Type == CmResourceTypeInterrupt && is_message == messages) {
            found[count++] = descriptor;
        }
    }
    return count;
}

static KIRQL highest_level(const CM_PARTIAL_RESOURCE_DESCRIPTOR *const *interrupts, ULONG count,
                           KIRQL least)
{
    for (ULONG i = 0; i < count; i++) {
        if (interrupts[i]->u.Interrupt.Level > least) {
            least = (KIRQL)interrupts[i]->u.Interrupt.Level;
        }
    }
    return least;
}

static struct ke_interrupt_config config_of(const CM_PARTIAL_RESOURCE_DESCRIPTOR *interrupt,
                                            KIRQL synchronize_irql)
{
    return (struct ke_interrupt_config){
        .vector = interrupt->u.Interrupt.Vector,
        .irql = (KIRQL)interrupt->u.Interrupt.Level,
        .synchronize_irql = synchronize_irql,
        .mode = (interrupt->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0 ? Latched : LevelSensitive,
        .share = interrupt->ShareDisposition == CmResourceShareShared,
        .passive =
            interrupt->u.Interrupt.Level == PASSIVE_LEVEL && synchronize_irql == PASSIVE_LEVEL,
        .affinity = interrupt->u.Interrupt.Affinity,
    };
}

/* Connects `count` configurations, all or none. */
static NTSTATUS connect_all(struct connection *connection,
                            const struct ke_interrupt_config *configs, ULONG count)
{
    for (ULONG i = 0; i < count; i++) {
        NTSTATUS status = ke_interrupt_connect(&configs[i], &connection->objects[i]);

        if (!NT_SUCCESS(status)) {
            return status;
        }
        connection->count++;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS connect_line_based(const IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS *asked)
{
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *found[MAXIMUM_INTERRUPTS];
    struct ke_interrupt_config configs[MAXIMUM_INTERRUPTS];
    ULONG count = device_interrupts(asked->PhysicalDeviceObject, FALSE, found);
    KIRQL level = highest_level(found, count, asked->SynchronizeIrql);
    struct connection *connection;
    NTSTATUS status;

    *asked->InterruptObject = NULL;
    if (count == 0) {
        return device_interrupts(asked->PhysicalDeviceObject, TRUE, found) > 1
                   ? STATUS_INVALID_DEVICE_REQUEST
                   : STATUS_NOT_FOUND;
    }
    if (level == PASSIVE_LEVEL && asked->SpinLock != NULL) {
        return STATUS_INVALID_PARAMETER; /* an event takes its place */
    }
    connection = connection_allocate(CONNECT_LINE_BASED, count);
    if (connection == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG i = 0; i < count; i++) {
        configs[i] = config_of(found[i], level);
        configs[i].service_routine = asked->ServiceRoutine;
        configs[i].context = asked->ServiceContext;
        configs[i].lock = asked->SpinLock;
    }
    status = connect_all(connection, configs, count);
    if (!NT_SUCCESS(status)) {
        connection_disconnect(connection);
        return status;
    }
    *asked->InterruptObject = connection->objects[0];
    connection_publish(connection, connection->objects[0]);
    return STATUS_SUCCESS;
}

static IO_INTERRUPT_MESSAGE_INFO *table_allocate(ULONG count, KIRQL unified_irql)
{
    IO_INTERRUPT_MESSAGE_INFO *table =
        calloc(1, sizeof(*table) + (count - 1) * sizeof(table->MessageInfo[0]));

    if (table != NULL) {
        table->UnifiedIrql = unified_irql;
        table->MessageCount = count;
    }
    return table;
}

static void table_fill(IO_INTERRUPT_MESSAGE_INFO *table, const struct ke_interrupt_config *configs,
                       PKINTERRUPT *objects)
{
    for (ULONG i = 0; i < table->MessageCount; i++) {
        table->MessageInfo[i].TargetProcessorSet = configs[i].affinity;
        table->MessageInfo[i].InterruptObject = objects[i];
        table->MessageInfo[i].Vector = configs[i].vector;
        table->MessageInfo[i].Irql = configs[i].irql;
        table->MessageInfo[i].Mode = configs[i].mode;
    }
}

static NTSTATUS connect_messages(const IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS *asked,
                                 const CM_PARTIAL_RESOURCE_DESCRIPTOR *const *found, ULONG count)
{
    struct ke_interrupt_config configs[MAXIMUM_INTERRUPTS];
    KIRQL level = highest_level(found, count, asked->SynchronizeIrql);
    struct connection *connection = connection_allocate(CONNECT_MESSAGE_BASED, count);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (connection == NULL) {
        return status;
    }
    connection->table = table_allocate(count, level);
    if (connection->table == NULL) {
        goto cleanup;
    }
    for (ULONG i = 0; i < count; i++) {
        configs[i] = config_of(found[i], level);
        configs[i].message_routine = asked->MessageServiceRoutine;
        configs[i].message_id = i;
        configs[i].context = asked->ServiceContext;
        configs[i].lock = asked->SpinLock;
    }
    status = connect_all(connection, configs, count);
    if (!NT_SUCCESS(status)) {
        goto cleanup;
    }
    table_fill(connection->table, configs, connection->objects);
    *asked->ConnectionContext.InterruptMessageTable = connection->table;
    connection_publish(connection, connection->table);
    return STATUS_SUCCESS;

cleanup:
    connection_disconnect(connection);
    return status;
}

/* Messages, or the fallback routine on the device's line; Version says which. */
static NTSTATUS connect_message_based(PIO_CONNECT_INTERRUPT_PARAMETERS parameters)
{
    const IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS *asked = &parameters->MessageBased;
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *found[MAXIMUM_INTERRUPTS];
    ULONG count = device_interrupts(asked->PhysicalDeviceObject, TRUE, found);
    IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS line = {
        .PhysicalDeviceObject = asked->PhysicalDeviceObject,
        .InterruptObject = asked->ConnectionContext.InterruptObject,
        .ServiceRoutine = asked->FallBackServiceRoutine,
        .ServiceContext = asked->ServiceContext,
        .SpinLock = asked->SpinLock,
        .SynchronizeIrql = asked->SynchronizeIrql,
    };

    if (count > 0) {
        return connect_messages(asked, found, count);
    }
    if (asked->FallBackServiceRoutine == NULL) {
        *asked->ConnectionContext.Generic = NULL;
        return STATUS_NOT_FOUND;
    }
    parameters->Version = CONNECT_LINE_BASED;
    return connect_line_based(&line);
}

NTSTATUS IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (Parameters->Version) {
    case CONNECT_FULLY_SPECIFIED:
    case CONNECT_FULLY_SPECIFIED_GROUP:
        return connect_fully_specified(&Parameters->FullySpecified, Parameters->Version);
    case CONNECT_LINE_BASED:
        return Parameters->LineBased.PhysicalDeviceObject == NULL
                   ? STATUS_INVALID_PARAMETER
                   : connect_line_based(&Parameters->LineBased);
    case CONNECT_MESSAGE_BASED:
        return Parameters->MessageBased.PhysicalDeviceObject == NULL
                   ? STATUS_INVALID_PARAMETER
                   : connect_message_based(Parameters);
    default:
        return STATUS_INVALID_PARAMETER_1;
    }
}

/* ---- taking it back ---- */

/* Whether a driver that says this version means a connection of that one. said  0: an object */
static bool version_fits(ULONG said, ULONG version)
{
    return said == 0 ? version != CONNECT_MESSAGE_BASED : said == version;
}

/* The connection that a driver means, or NULL after a violation. take: it is on the list no longer. */
static struct connection *connection_named(PVOID context, ULONG version, bool take, const char *api)
{
    struct connection **link = NULL;
    struct connection *connection = NULL;
    ULONG connected_by = 0;

    base_lock_acquire(&connections_lock);
    link = connection_find_locked(context);
    connection = *link;
    connected_by = connection != NULL ? connection->version : 0;
    if (connection != NULL && take && version_fits(version, connected_by)) {
        *link = connection->next;
    }
    base_lock_release(&connections_lock);
    if (connection == NULL) {
        ke_violation(RULE_InterruptNotConnected, 0, (uint64_t)(uintptr_t)context, 0, 0, 0,
                     "%s of an interrupt that is not connected", api);
        return NULL;
    }
    if (!version_fits(version, connected_by)) {
        ke_violation(RULE_InterruptBadContext, 0, (uint64_t)(uintptr_t)context, version,
                     connected_by, 0,
                     "%s by version %u of an interrupt that was connected by version %u", api,
                     version, connected_by);
        return NULL;
    }
    return connection;
}

static void disconnect(PVOID context, ULONG version, const char *api)
{
    struct connection *connection = connection_named(context, version, true, api);

    if (connection != NULL) {
        connection_disconnect(connection);
    }
}

VOID IoDisconnectInterrupt(PKINTERRUPT InterruptObject)
{
    if (API(PASSIVE_LEVEL)) {
        disconnect(InterruptObject, 0, __func__);
    }
}

VOID IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters)
{
    if (API(PASSIVE_LEVEL)) {
        disconnect(Parameters->ConnectionContext.Generic, Parameters->Version, __func__);
    }
}

static void set_active(const IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS *parameters,
                       BOOLEAN active, const char *api)
{
    struct connection *connection =
        connection_named(parameters->ConnectionContext.Generic, parameters->Version, false, api);

    for (ULONG i = 0; connection != NULL && i < connection->count; i++) {
        ke_interrupt_set_active(connection->objects[i], active);
    }
}

VOID IoReportInterruptActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    if (API(DISPATCH_LEVEL)) {
        set_active(Parameters, TRUE, __func__);
    }
}

VOID IoReportInterruptInactive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    if (API(DISPATCH_LEVEL)) {
        set_active(Parameters, FALSE, __func__);
    }
}

NTSTATUS IoGetAffinityInterrupt(PKINTERRUPT InterruptObject, PGROUP_AFFINITY GroupAffinity)
{
    if (!API(HIGH_LEVEL) || !ke_interrupt_check(InterruptObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    *GroupAffinity = (GROUP_AFFINITY){.Mask = InterruptObject->affinity};
    return STATUS_SUCCESS;
}

ULONG HalGetInterruptVector(INTERFACE_TYPE InterfaceType, ULONG BusNumber, ULONG BusInterruptLevel,
                            ULONG BusInterruptVector, PKIRQL Irql, PKAFFINITY Affinity)
{
    UNREFERENCED_PARAMETER(InterfaceType);
    UNREFERENCED_PARAMETER(BusNumber);
    UNREFERENCED_PARAMETER(BusInterruptVector);
    if (!API(PASSIVE_LEVEL) || BusInterruptLevel >= HAL_MAX_LINES) {
        return 0;
    }
    *Irql = hal_irq_level(BusInterruptLevel);
    *Affinity = (KAFFINITY)ke_processor_mask();
    return hal_irq_vector(BusInterruptLevel);
}

/* What a stopped machine left connected; the objects are ke_interrupt's. */
static void connections_stop(void)
{
    while (connections != NULL) {
        struct connection *connection = connections;

        connections = connection->next;
        free(connection->table);
        free(connection);
    }
}

static struct ke_machine_part connections_part = {.order = 1, .stop = connections_stop};

__attribute__((constructor)) static void connections_register(void)
{
    ke_machine_register(&connections_part);
}
