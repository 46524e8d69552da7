#pragma once
/// Puts the filter on every thread; for good. Returns 0 or an errno.
int jail_filter(void);
