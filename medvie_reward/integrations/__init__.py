"""One thin module per trainer; none of them imports its trainer before it has to."""
