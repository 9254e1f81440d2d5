mod production;
