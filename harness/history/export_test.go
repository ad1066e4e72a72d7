package history

// WithLimits returns r with other limits, of bytes, for an operation and for a file.
func (r Reader) WithLimits(op, file int) Reader {
	r.limits = limits{op, file}
	return r
}
