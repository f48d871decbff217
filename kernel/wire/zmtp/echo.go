package zmtp

// Echo is a REP socket that sends back what comes: a kernel's heartbeat.
type Echo struct{ socket }

// ListenEcho opens a socket; bad, which may be nil, is told of peers that send what is no ZMTP.
func ListenEcho(address string, bad func(error)) (*Echo, error) {
	e := &Echo{socket{kind: "REP", bad: bad}}
	if err := e.listen(address); err != nil {
		return nil, err
	}
	go e.accept(func(p *peer) error {
		for {
			frames, isCommand, err := p.read()
			if err != nil {
				return err
			}
			if !isCommand {
				p.put(Encode(frames), 1<<20)
			}
		}
	})
	return e, nil
}
