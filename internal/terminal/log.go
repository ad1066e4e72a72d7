package terminal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// Handler returns a handler that passes records to h with their messages and values escaped, so that each stays on its line;
// tabs stay in messages. Text that h itself adds, such as colours, is not escaped.
func Handler(h slog.Handler) slog.Handler { return handler{h} }

type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	escaped := slog.NewRecord(r.Time, r.Level, columns(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		escaped.AddAttrs(escapeAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, escaped)
}

// columns is Line, except that it keeps tabs: a message has nothing behind it that a tab could push away.
func columns(text string) string {
	parts := strings.Split(text, "\t")
	for i := range parts {
		parts[i] = Line(parts[i])
	}
	return strings.Join(parts, "\t")
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	escaped := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		escaped[i] = escapeAttr(a)
	}
	return handler{h.Handler.WithAttrs(escaped)}
}

func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(value(name))}
}

// value is Line for a value that a handler may put in quotes. When tint writes colours, it turns \x1b, written out as text,
// into a real escape character, whoever wrote it; it does not do this with \u001b.
func value(text string) string {
	return strings.ReplaceAll(Line(text), `\x1b`, `\u001b`)
}

func escapeAttr(a slog.Attr) slog.Attr {
	a.Key = value(a.Key)
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(value(v.String()))
	case slog.KindAny:
		a.Value = slog.StringValue(value(fmt.Sprint(v.Any()))) // an error, for example
	case slog.KindGroup:
		group := make([]slog.Attr, 0, len(v.Group()))
		for _, member := range v.Group() {
			group = append(group, escapeAttr(member))
		}
		a.Value = slog.GroupValue(group...)
	default: // numbers, times, durations, booleans
		a.Value = v
	}
	return a
}
