// Package broker runs a NATS server in this process, for a cluster that has no other.
package broker

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"glomers/deploy/wire"
)

// Config describes a broker.
type Config struct {
	Listen string // host:port; port 0 takes a free one
	Token  string // what clients must show
}

// Start starts a broker, and returns when it takes connections.
func Start(c Config) (*server.Server, error) {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("broker: address %q: want HOST:PORT, as in 127.0.0.1:4222", c.Listen)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || host == "" {
		return nil, fmt.Errorf("broker: address %q: want HOST:PORT, as in 127.0.0.1:4222", c.Listen)
	}
	if c.Token == "" {
		return nil, errors.New("broker: no token: whoever reaches a broker could run programs on all agents")
	}
	o := &server.Options{Host: host, Port: int(number), Authorization: c.Token, NoLog: true, NoSigs: true, MaxPayload: 2 * wire.MaxLine}
	if number == 0 {
		o.Port = server.RANDOM_PORT
	}
	l, err := net.Listen("tcp", c.Listen) // the server would end the program if it could not
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	_ = l.Close()
	s, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		s.Shutdown()
		return nil, errors.New("broker: it is not ready within 10 s")
	}
	return s, nil
}
