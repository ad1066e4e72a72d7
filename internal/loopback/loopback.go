// Package loopback serves pages to the browsers of this machine, and to no page of another site.
package loopback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Patience is how long a server waits for a browser that does not read.
const Patience = 30 * time.Second

// Serve lets handler answer on l, which should be on a loopback address as long as not everybody who reaches another is trusted, until ctx ends; then it returns nil. It closes l.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	crowd := newConnections(MaxConnections)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       Patience, // of forms; see Guard
		WriteTimeout:      2 * Patience,
		IdleTimeout:       2 * Patience,
		MaxHeaderBytes:    64 << 10,
		ConnState:         crowd.changed,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends those who follow a run
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	stopped := make(chan struct{})
	forget := context.AfterFunc(ctx, func() {
		defer close(stopped)
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 200*time.Millisecond)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close() // who has not finished by now is cut off
		}
	})
	err := server.Serve(l)
	if forget() || !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("loopback: %w", err)
	}
	<-stopped
	return nil
}
