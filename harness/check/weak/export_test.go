package weak

// SetMaxCausal sets the limit of sessions × transactions, and returns what it was.
func SetMaxCausal(n int) int {
	was := maxCausal
	maxCausal = n
	return was
}
