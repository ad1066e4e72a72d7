package history

// WithLimits returns r with other limits for the bytes of an operation and of a file.
func (r Reader) WithLimits(op, file int) Reader {
	r.limits = limits{op, file}
	return r
}
