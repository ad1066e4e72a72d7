package weak

// SetMaxCausal sets the limit of sessions × transactions, and returns the old limit.
func SetMaxCausal(n int) int {
	was := maxCausal
	maxCausal = n
	return was
}
