package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"glomers/deploy/host"
	"glomers/deploy/wire"
	"glomers/internal/wording"
)

// readPeers reads the file of --tcp.
func readPeers(path string) (wire.Peers, error) {
	f, err := os.Open(path)
	if err != nil {
		return wire.Peers{}, fmt.Errorf("--tcp: %w", err)
	}
	defer f.Close()
	p, err := wire.ReadPeers(f)
	if err != nil {
		return wire.Peers{}, fmt.Errorf("--tcp: %s: %w", path, err)
	}
	return p, nil
}

// upTCP starts nodes of the file on this machine: all, or those of --only.
func (j *upJob) upTCP(ctx context.Context) error {
	if j.url != "" {
		return errors.New("--nats and --tcp exclude each other")
	}
	peers, err := readPeers(j.peers)
	if err != nil {
		return err
	}
	for _, id := range j.only {
		if !slices.Contains(peers.IDs, id) {
			return fmt.Errorf("--only %s: %s has no such node: want some of %s", id, j.peers, strings.Join(peers.IDs, ", "))
		}
	}
	here := j.only
	if len(here) == 0 {
		here = peers.IDs
	}
	path, place, done, err := j.prepare(ctx)
	if err != nil {
		return err
	}
	defer done()
	w := wire.TCP(peers)
	defer w.Close()
	h, err := host.New(host.Config{Wire: w, Dir: place.dir, Env: j.env, Note: func(id, text string) { fmt.Fprintf(j.stderr, "%s: %s\n", id, text) }})
	if err != nil {
		return err
	}
	defer h.Close()
	errs := make([]error, len(here))
	var starting sync.WaitGroup
	for i, id := range here {
		starting.Go(func() {
			seed := j.seed + uint64(slices.Index(peers.IDs, id))
			errs[i] = h.Start(ctx, host.Spec{ID: id, IDs: peers.IDs, Path: path, Args: j.args, Seed: seed})
		})
	}
	starting.Wait()
	if err := errors.Join(errs...); err != nil {
		if ctx.Err() != nil {
			return errInterrupted
		}
		return err
	}
	fmt.Fprintf(j.stderr, "%s of %s, over TCP: %s\n", wording.Plural(len(here), "node"), j.bin, strings.Join(here, " "))
	fmt.Fprintf(j.stderr, "talk to it in another terminal: glomers-deploy call --tcp %s %s '{\"type\":…}'; end it with Ctrl-C\n", j.peers, here[0])
	<-ctx.Done()
	return nil
}
