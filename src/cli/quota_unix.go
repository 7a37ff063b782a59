//go:build unix

package cli

import "syscall"

// errQuota is a full disk as one user sees it.
const errQuota = syscall.EDQUOT
