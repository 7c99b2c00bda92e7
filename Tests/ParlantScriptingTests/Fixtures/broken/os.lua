local started = os.time()
return started
