package controlplane

import "syscall"

// endingWithUs has the kernel kill the program when the thread that started it ends. The program gets a process group
// of its own, so that an interrupt typed at a terminal reaches those who stop it in order, and not the program itself.
func endingWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
