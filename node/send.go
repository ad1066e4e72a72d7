package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Send sends a message to dest. encoding/json must encode body as an object.
func (n *Node) Send(dest string, body any) error {
	raw, err := marshalBody(body)
	if err != nil {
		return fmt.Errorf("node: message to %s: %w", dest, err)
	}
	return n.send(dest, raw, reserved{})
}

// Reply answers the request req with body, whose in_reply_to it sets. All other bytes
// of the body's JSON are sent as they are. A request without a msg_id is answered without in_reply_to.
func (n *Node) Reply(req Message, body any) error {
	e, err := scanBody(req.Body)
	if err != nil {
		return err
	}
	raw, err := marshalBody(body)
	if err != nil {
		return fmt.Errorf("node: reply to %s: %w", req.Src, err)
	}
	return n.send(req.Src, raw, reserved{inReplyTo: e.msgID, hasInReplyTo: e.hasMsgID})
}

// marshalBody is json.Marshal, but for errors, whose own method loses code 0.
func marshalBody(body any) ([]byte, error) {
	if rpc, ok := body.(*RPCError); ok {
		body = toErrorReply(rpc)
	}
	return json.Marshal(body)
}

// lines are buffers for outgoing lines.
var lines = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled is the capacity, in bytes, above which a buffer is left to the garbage collector.
const maxPooled = 1 << 20

// send writes a message to dest. Its body is raw, the JSON of an object, with the reserved fields set to r. An error of
// the output ends the node.
func (n *Node) send(dest string, raw []byte, r reserved) error {
	buf := lines.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= maxPooled {
			lines.Put(buf)
		}
	}()
	line := append((*buf)[:0], `{"src":`...)
	line = appendString(line, n.ID())
	line = append(line, `,"dest":`...)
	line = appendString(line, dest)
	line = append(line, `,"body":`...)
	line, err := spliceBody(line, raw, r)
	*buf = line
	if err != nil {
		return err
	}
	line = append(line, '}')
	*buf = line
	if n.keep(dest, line) {
		return nil
	}
	return n.emit(line)
}

// emit writes a line. An error ends the node.
func (n *Node) emit(line []byte) error {
	n.sent.Add(1)
	if n.out != nil {
		if m, err := ParseMessage(line); err == nil { // an error means reserved fields that no node could read
			n.out(m)
		}
	}
	return n.put(line)
}

// put writes a line that is not counted as a message. An error ends the node.
func (n *Node) put(line []byte) error {
	err := n.write(line)
	if err != nil {
		err = outputError{err}
		n.stop(err)
	}
	return err
}

// An outputError is the transport's. It ends the node and Run returns it, so nobody else reports it.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

func isOutputError(err error) bool {
	_, ok := errors.AsType[outputError](err)
	return ok
}

// write gives a line to the transport, and flushes the transport if no other goroutine is bound to. Two are: the reading goroutine
// flushes before it waits for input, and the holder of the turn flushes after its release.
//
// No line stays behind, without a lock, because each side first announces and then looks:
//
//	write:       1. WriteLine          2. load idle, busy   3. flush, if idle and not busy
//	the other:   1. set idle/release   2. flush
//
// If write loads the values from before the other's step 1, the line was written before the other's step 2, which flushes it.
// Otherwise write sees that the other side is done, and flushes the line itself.
func (n *Node) write(line []byte) error {
	transport := n.wire()
	if err := transport.WriteLine(line); err != nil {
		return err
	}
	if n.idle.Load() && !n.turn.busy() {
		return transport.Flush()
	}
	return nil
}

// flushIfIdle flushes the lines that were written while the turn was held and no goroutine was reading. If one reads, it
// flushes when it has no more input.
func (n *Node) flushIfIdle() {
	if n.idle.Load() {
		_ = n.flush() // an error has ended the node
	}
}

// flush writes the buffered output. An error ends the node.
func (n *Node) flush() error {
	err := n.wire().Flush()
	if err != nil {
		n.stop(outputError{err})
	}
	return err
}
