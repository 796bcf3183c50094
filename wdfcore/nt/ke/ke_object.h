#pragma once
/* ke_object.h - the type bytes of kernel objects, as debuggers know them on Windows. */

enum ke_object_type {
    EventNotificationObject = 0,
    EventSynchronizationObject = 1,
    MutantObject = 2,
    QueueObject = 4,
    SemaphoreObject = 5,
    ThreadObject = 6,
    TimerNotificationObject = 8,
    TimerSynchronizationObject = 9,
    DpcObject = 19,
    ThreadedDpcObject = 26,
};
