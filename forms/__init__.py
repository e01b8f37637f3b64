"""What XLSForms, XForms and filled instances mean. No Django, no files, no clock."""
