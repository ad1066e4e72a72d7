package node_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func TestAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var rang []time.Duration
		var a *node.Alarm
		c := nodetest.Start(t, func(n *node.Node) {
			a = n.NewAlarm(func(context.Context) {
				rang = append(rang, time.Since(begin))
				if len(rang) == 1 {
					a.Set(begin.Add(20 * time.Second)) // from inside
				}
			})
			n.OnInit(func(context.Context) error {
				a.Clear() // nothing to clear
				a.Set(begin.Add(time.Second))
				a.Set(begin.Add(9 * time.Second)) // instead
				a.Set(begin.Add(9 * time.Second)) // the same: once
				return nil
			})
			n.After(12*time.Second, func(context.Context) { a.Clear() })
			n.After(13*time.Second, func(context.Context) { a.Set(begin.Add(30 * time.Second)) })
		})
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []time.Duration{9 * time.Second, 30 * time.Second}, rang)
		c.Close()
	})
}
