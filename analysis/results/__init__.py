"""Results as users hold them: what each kind shows, draws, keeps and tells programs."""
