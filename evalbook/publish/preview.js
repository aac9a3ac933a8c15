(function () {
  var first = null;
  new EventSource("/.preview").onmessage = function (event) {
    var news = JSON.parse(event.data), box = document.getElementById("preview-error");
    if (first === null) first = news.made;
    else if (news.made !== first && !news.error) { location.reload(); return; }
    if (box) box.remove();
    if (!news.error) return;
    box = document.createElement("pre");
    box.id = "preview-error";
    box.setAttribute("role", "alert");
    box.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:99;margin:0;max-height:60vh;overflow:auto;padding:1rem;background:#5c0011;color:#fff;white-space:pre-wrap";
    box.textContent = news.error;
    document.body.append(box);
  };
})();
