// Before the first paint: the theme a person chose on this device. Nothing stored = follow the system.
try {
  var theme = localStorage.getItem('yardwatt.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
