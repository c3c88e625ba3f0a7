package controlplane

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// loopback is the only address that anything listens at.
const loopback = "127.0.0.1"

// Ports are taken from below the range that systems give outgoing connections (from 32768 on Linux, 49152 elsewhere):
// otherwise such a connection could have the API server's while it is restarted.
const firstPort, lastPort = 20000, 32000

// freePorts finds so many different ports that nothing listens at. Another program can be faster to one of them: then the one
// that was to have it ends with portTaken in its log, and New's caller gets others.
func freePorts(many int) ([]string, error) {
	var ports []string
	for tries := 0; len(ports) < many; tries++ {
		port := strconv.Itoa(firstPort + rand.IntN(lastPort-firstPort)) //nolint:gosec // not a secret
		listener, err := net.Listen("tcp", net.JoinHostPort(loopback, port))
		if err != nil {
			if tries > 1000 {
				return nil, fmt.Errorf("find a free port at %s: %w", loopback, err)
			}
			continue
		}
		defer func() { _ = listener.Close() }() // open until all are found, so that none is found twice
		ports = append(ports, port)
	}
	return ports, nil
}

// portTaken is what a program's log says of a port that it cannot have.
const portTaken = "address already in use"
