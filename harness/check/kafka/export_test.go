package kafka

// CheckUpTo is Check with the given limit on the cases listed.
var CheckUpTo = checkUpTo
