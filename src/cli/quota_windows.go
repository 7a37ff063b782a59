package cli

import "syscall"

// errQuota is a full disk: ERROR_DISK_FULL.
const errQuota = syscall.Errno(112)
