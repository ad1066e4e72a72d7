package kafka

// CheckUpTo is Check with another limit to the cases that are listed.
var CheckUpTo = checkUpTo
