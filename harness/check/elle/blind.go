package elle

type Warning struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Count int    `json:"count"`
	Error bool   `json:"error"`
}

func (r *registers) blind(next [][]int32, o Options) []Warning { return nil }

type Delay struct{}

func (r *registers) delay(o Options) *Delay { return nil }
