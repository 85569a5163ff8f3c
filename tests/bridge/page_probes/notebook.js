// The player of a notebook's view: its length is known before anything is played.
addEventListener("DOMContentLoaded", async () => {
  const heard = document.querySelector("audio");
  await until(() => heard.readyState > 0 || heard.error);
  log("length", heard.duration);
  log("fault", heard.error ? heard.error.message : "none");
  log("ready", "yes");
});
