package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// process is the controller that is measured.
type process struct {
	command *exec.Cmd
	log     *os.File
}

// launch starts the controller; its log goes into a file.
func launch(binary, log string, arguments ...string) (*process, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, arguments...)
	command.Stdout, command.Stderr = file, file
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	return &process{command, file}, nil
}

func (p *process) end() {
	_ = p.command.Process.Signal(os.Interrupt) // it may have ended
	done := make(chan struct{})
	go func() { _ = p.command.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		_ = p.command.Process.Kill() // as above
	}
	_ = p.log.Close() // a log: nothing depends on it
}

// memory is the resident set at its peak and now, in MiB.
func (p *process) memory() (peak, now int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, _ := strconv.Atoi(fields[1]) // other lines have no number
		switch fields[0] {
		case "VmHWM:":
			peak = kilobytes >> 10
		case "VmRSS:":
			now = kilobytes >> 10
		}
	}
	if peak == 0 || now == 0 {
		return 0, 0, errors.New("the kernel does not say how much memory the controller has")
	}
	return peak, now, nil
}

// ticksPerSecond is the unit of /proc/PID/stat on Linux (USER_HZ).
const ticksPerSecond = 100

// processor is how much processor time was used.
func (p *process) processor() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name may have spaces
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", p.command.Process.Pid, len(fields))
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / ticksPerSecond, err
}
