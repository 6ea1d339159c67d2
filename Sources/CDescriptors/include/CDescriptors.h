#pragma once

/// Descriptors that no incoming connection may take: what a process opens itself (checkpoints, records, children) finds some
/// free, however many strangers connect.
unsigned long tare_reserved_descriptors(void);

/// Raises the limit on open descriptors as far as the system allows without privileges. Children inherit it.
void tare_raise_descriptor_limit(void);
