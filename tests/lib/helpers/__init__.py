"""What tests share: strategies, slow references, recorded values, readers of reports."""
