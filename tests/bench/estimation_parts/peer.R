# R's survey package: one task on the bench's survey.  Rscript peer.R TASK FILE.csv MARGINS.csv
suppressMessages(library(survey))
given <- commandArgs(TRUE)
data <- read.csv(given[2])
cells <- read.csv(given[3])
options(survey.lonely.psu = "adjust")
items <- ~smartphone + bank + online_service + qr_pay
names <- c("province", "sexage", "urban")
targets <- lapply(names, function(name) {
  part <- cells[cells$margin == name, c("cell", "people")]
  setNames(part, c(name, "Freq"))
})
used <- system.time({
  design <- svydesign(id = ~village, strata = ~stratum, weights = ~w, data = data, nest = TRUE)
  switch(given[1],
    "mean" = svymean(items, design),
    "by-commune" = svyby(items, ~commune, design, svymean),
    "rake" = rake(design, list(~province, ~sexage, ~urban), targets,
                  control = list(maxit = 50, epsilon = 1e-7)),
    "bootstrap" = svymean(items, as.svrepdesign(design, type = "subbootstrap", replicates = 200))
  )
})
cat(sprintf('{"cpu": %.3f, "wall": %.3f}\n', used[["user.self"]] + used[["sys.self"]], used[["elapsed"]]))
