package export

import (
	"iter"
	"maps"
	"slices"
	"strconv"
)

// The messages of OTLP (opentelemetry/proto/trace/v1), in JSON: ids are hexadecimal, and integers of 64 bits are strings.
type (
	traces struct {
		Resources []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource resource     `json:"resource"`
		Scopes   []scopeSpans `json:"scopeSpans"`
	}
	resource struct {
		Attributes []attribute `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope  `json:"scope"`
		Spans []span `json:"spans"`
	}
	scope struct {
		Name string `json:"name"`
	}
	span struct {
		Trace      string      `json:"traceId"`
		ID         string      `json:"spanId"`
		Parent     string      `json:"parentSpanId,omitempty"`
		Name       string      `json:"name"`
		Kind       int         `json:"kind"`
		Start      string      `json:"startTimeUnixNano"`
		End        string      `json:"endTimeUnixNano"`
		Attributes []attribute `json:"attributes,omitempty"`
		Status     status      `json:"status"`
	}
	attribute struct {
		Key   string `json:"key"`
		Value value  `json:"value"`
	}
	value struct {
		String *string `json:"stringValue,omitempty"`
		Int    *string `json:"intValue,omitempty"`
	}
	status struct {
		Code    int    `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	}
)

// Span.SpanKind and Status.StatusCode.
const (
	kindInternal = 1
	kindClient   = 3
	kindProducer = 4

	statusUnset = 0
	statusOK    = 1
	statusError = 2
)

func text(key, of string) attribute { return attribute{key, value{String: &of}} }

func integer(key string, of int64) attribute {
	s := strconv.FormatInt(of, 10)
	return attribute{key, value{Int: &s}}
}

// sorted returns the keys of a map in ascending order.
func sorted[V any](m map[int64]V) iter.Seq[int64] { return slices.Values(slices.Sorted(maps.Keys(m))) }
