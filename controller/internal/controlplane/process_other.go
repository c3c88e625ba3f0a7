//go:build !linux

package controlplane

import "syscall"

// endingWithUs is left to Stop: only Linux ends a program with the one that started it.
func endingWithUs() *syscall.SysProcAttr { return nil }
