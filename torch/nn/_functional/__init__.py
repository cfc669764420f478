"""The functions of `torch.nn.functional` by topic; see there."""
